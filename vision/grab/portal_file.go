//go:build linux || freebsd

package grab

import (
	"errors"
	"fmt"
	"image"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"aside/vision"
)

const (
	maxPicture  = 64 << 20        // bytes
	coarseClock = 2 * time.Second // of the file systems that count time least finely
)

// errNotPicture means that an address names nothing that a portal could have
// written for us.
var errNotPicture = errors.New("it is no picture that was taken for us")

// collect reads the picture that a portal says is at an address. Its file is
// gone before it is read, so that there is no way on which it stays.
func collect(address string, asked time.Time) (*image.RGBA, error) {
	f, size, err := claim(address, asked)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if size == 0 || size > maxPicture {
		return nil, unreadable(fmt.Errorf("it has %d bytes", size))
	}
	picture, err := io.ReadAll(io.LimitReader(f, maxPicture))
	if err != nil {
		return nil, unreadable(err)
	}
	shot, err := vision.Decode(picture) // which looks at its size first
	if err != nil {
		return nil, unreadable(err)
	}
	return shot.Pixels, nil
}

func unreadable(err error) error {
	return fmt.Errorf("read portal's picture: %w: %w", vision.ErrPortalPicture, err)
}

// dispose removes a picture that nobody wants. Nobody is left to be told.
func dispose(address string, asked time.Time) {
	if f, _, err := claim(address, asked); err == nil {
		_ = f.Close()
	}
}

// claim opens the file that an address names and removes it: the desktops leave
// it, some of them among the user's own pictures or where others can read it.
//
// A portal may name any file there is, by mistake or on purpose. What follows
// holds for each picture that a desktop writes, and of a file for which it does
// not hold nothing is read, and it stays where it is:
//
//   - the address is a path of this machine that ends as a picture's name does;
//   - the path is that of a plain file, not of a link to one, and the file is
//     the user's own;
//   - it was written after the picture had been asked for.
//
// A file that fits by chance is a picture not older than the question.
func claim(address string, asked time.Time) (f *os.File, size int64, err error) {
	path, err := local(address)
	if err != nil {
		return nil, 0, err
	}
	// Not a link, and no wait for whoever writes into a pipe.
	f, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !fresh(info, asked) {
		err = errNotPicture
	}
	if err == nil {
		err = remove(path, info)
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// local returns the file that an address names.
func local(address string) (path string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errNotPicture // the error would tell the address
	}
	path = u.Path
	named := slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(path)))
	here := u.Scheme == "file" && (u.Host == "" || u.Host == "localhost") && u.RawQuery == "" && u.Fragment == ""
	if !here || !named || !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return "", errNotPicture
	}
	return path, nil
}

// fresh reports whether a file is the user's own and was written since the
// picture was asked for.
func fresh(info os.FileInfo, asked time.Time) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && int(s.Uid) == os.Getuid() && !info.ModTime().Before(asked.Add(-coarseClock))
}

// remove removes the file at a path if it is still the one that info is of.
func remove(path string, info os.FileInfo) error {
	now, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(now, info) {
		return errNotPicture
	}
	return os.Remove(path)
}
