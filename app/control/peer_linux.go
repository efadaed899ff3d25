package control

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// errStranger means that the other side of a socket belongs to another user.
var errStranger = errors.New("the other side belongs to another user")

// samePeer checks that the other side runs as this user, by what the kernel
// says of it: file modes may have been loosened.
func samePeer(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if credErr != nil {
		return fmt.Errorf("ask who is there: %w", credErr)
	}
	if int(cred.Uid) != os.Getuid() {
		return errStranger
	}
	return nil
}
