//go:build !windows && !darwin

package panel

import (
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// watchLeaving calls left, from a goroutine of its own, whenever the pointer
// has left a window, until the function that it returns has been called.
func watchLeaving(handle uintptr, left func()) (stop func()) {
	conn, err := xgb.NewConn()
	if err != nil {
		return func() {}
	}
	xproto.ChangeWindowAttributes(conn, xproto.Window(handle), xproto.CwEventMask, []uint32{xproto.EventMaskLeaveWindow})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			event, err := conn.WaitForEvent()
			if event == nil && err == nil {
				return // the connection is closed
			}
			if e, ok := event.(xproto.LeaveNotifyEvent); ok && e.Mode == xproto.NotifyModeNormal {
				left()
			}
		}
	}()
	return func() {
		conn.Close()
		<-done
	}
}
