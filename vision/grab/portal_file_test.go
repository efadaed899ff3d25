//go:build linux || freebsd

package grab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"aside/vision"
)

// smallPNG is a whole picture.
func smallPNG(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// claims is a PNG that says it is as wide and as high as that.
func claims(t testing.TB, side uint32) []byte {
	t.Helper()
	p := smallPNG(t)
	const width, height, sum = 16, 20, 29 // where they stand
	binary.BigEndian.PutUint32(p[width:], side)
	binary.BigEndian.PutUint32(p[height:], side)
	binary.BigEndian.PutUint32(p[sum:], crc32.ChecksumIEEE(p[12:sum]))
	return p
}

func TestABadPictureIsRefusedBeforeItTakesMemoryAndRemoved(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		size    int64 // of the file, if it has more than the content
	}{
		"nothing in it":           {nil, 0},
		"no picture":              {[]byte("#!/bin/sh\necho no picture\n"), 0},
		"cut off":                 {smallPNG(t)[:40], 0},
		"half a gigabyte":         {smallPNG(t), 500 << 20},
		"60,000 by 60,000 pixels": {claims(t, 60_000), 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shot.png")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.size > 0 {
				if err := os.Truncate(path, c.size); err != nil {
					t.Fatal(err)
				}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := collect("file://"+path, time.Now())
			runtime.ReadMemStats(&after)
			if !errors.Is(err, vision.ErrPortalPicture) {
				t.Errorf("error is %v", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
				t.Errorf("it took %d bytes of memory", took)
			}
			if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the file is still there: %v", err)
			}
		})
	}
}

func TestAFileThatCannotBeThePortalsStaysAndIsNotRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(path string, age time.Duration) {
		then := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, smallPNG(t), 0o600), os.Chtimes(path, then, then)); err != nil {
			t.Fatal(err)
		}
	}
	put(at("wallpaper.png"), time.Minute)
	put(at("new.png"), 0)
	put(at(".bashrc"), 0)
	put(at("foreign.png"), 0)
	if err := errors.Join(os.Symlink(at("new.png"), at("link.png")), os.Mkdir(at("folder.png"), 0o700), syscall.Mkfifo(at("pipe.png"), 0o600)); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"a picture that was there before": "file://" + at("wallpaper.png"),
		"what is not named as a picture":  "file://" + at(".bashrc"),
		"a link to a picture":             "file://" + at("link.png"),
		"a folder":                        "file://" + at("folder.png"),
		"a pipe":                          "file://" + at("pipe.png"),
		"a way round":                     "file://" + dir + "/folder.png/../new.png",
		"a slash too many":                "file://" + dir + "//new.png",
		"another machine":                 "file://elsewhere" + at("new.png"),
		"another scheme":                  "http://localhost" + at("new.png"),
		"no scheme":                       at("new.png"),
		"no root":                         "file:new.png",
		"a question":                      "file://" + at("new.png") + "?a=.png",
		"a fragment":                      "file://" + at("new.png") + "#.png",
		"a zero byte":                     "file://" + at("new.png") + "%00.png",
		"no address at all":               "%",
		"nothing":                         "",
	}
	if os.Chown(at("foreign.png"), 65534, -1) == nil { // root may
		cases["another user's"] = "file://" + at("foreign.png")
	}
	for name, address := range cases {
		if p, err := collect(address, time.Now()); !errors.Is(err, vision.ErrPortalPicture) || p != nil {
			t.Errorf("%s is read: %v", name, err)
		}
		dispose(address, time.Now())
	}
	for _, name := range []string{"wallpaper.png", "new.png", ".bashrc", "foreign.png", "link.png", "folder.png", "pipe.png"} {
		if _, err := os.Lstat(at(name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	if _, err := collect("file://localhost"+at("new.png"), time.Now()); err != nil {
		t.Errorf("the one that fits: %v", err)
	}
}

// A portal's address is a stranger's words.
func FuzzLocal(f *testing.F) {
	for _, s := range []string{"file:///tmp/a.png", "file://localhost/a%20b.PNG", "file:///a/../b.png", "http://x/a.png", "file:a.png", "%", "file:///a.png%00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		path, err := local(address)
		if err == nil && (!filepath.IsAbs(path) || filepath.Clean(path) != path || path == "/") {
			t.Errorf("%q names %q", address, path)
		}
	})
}
