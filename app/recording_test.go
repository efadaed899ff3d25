//go:build linux || freebsd

package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/settings"
	"aside/app/turn"
)

// within is a core on a sound server of its own.
func within(t *testing.T) (*desk.Desk, control.Client) {
	t.Helper()
	alone(t)
	d := desk.Start(t, desk.Options{Sound: true})
	t.Setenv("PULSE_SERVER", d.PulseServer)
	_, c := opened(t)
	return d, c
}

// pactl runs a command of the desk's sound server.
func pactl(t *testing.T, d *desk.Desk, args ...string) string {
	t.Helper()
	out, err := d.Output(t.Context(), "pactl", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// untilStatus waits until the core's status is as ok wants it.
func untilStatus(t *testing.T, d *desk.Desk, c control.Client, what string, ok func(control.Status) bool) control.Status {
	t.Helper()
	var s control.Status
	err := d.Until(t.Context(), what, func() bool {
		var err error
		s, err = c.Status(t.Context())
		return err == nil && ok(s)
	})
	if err != nil {
		t.Fatalf("%v: %+v", err, s)
	}
	return s
}

func TestStatusAndTheListSayWhichMicrophoneIsOpen(t *testing.T) {
	d, c := within(t)
	pactl(t, d, "load-module", "module-remap-source", "source_name=usb", "master=micin.monitor", usbMicrophone)
	if s, err := c.Status(t.Context()); err != nil || s.Recording != "" || s.Microphone != "closed" {
		t.Errorf("at rest: %+v, %v", s, err)
	}
	if err := c.Do(t.Context(), control.VerbPress, nil); err != nil {
		t.Fatal(err)
	}
	untilStatus(t, d, c, "the microphone", func(s control.Status) bool { return s.Recording == "Microphone" && s.Microphone == "open" })
	pactl(t, d, "set-default-source", "usb")
	s := untilStatus(t, d, c, "the other microphone", func(s control.Status) bool { return s.Recording == "Studio" })
	if s.Phase != turn.Listening {
		t.Errorf("phase %s", s.Phase)
	}
	found, err := ListSound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found.MarkOpen(s.Recording)
	open := slices.Collect(func(yield func(string) bool) {
		for _, m := range found.Microphones {
			if m.Open && !yield(m.Name) {
				return
			}
		}
	})
	if strings.Join(open, " ") != "usb" {
		t.Errorf("open are %v", open)
	}
}

func TestAMicrophoneThatIsUnpluggedIsNamedAndTheNextPressWorks(t *testing.T) {
	d, c := within(t)
	module := pactl(t, d, "load-module", "module-remap-source", "source_name=usb", "master=micin.monitor", usbMicrophone)
	pactl(t, d, "set-default-source", "usb")
	if err := c.Do(t.Context(), control.VerbPress, nil); err != nil {
		t.Fatal(err)
	}
	untilStatus(t, d, c, "the microphone", func(s control.Status) bool { return s.Recording == "Studio" })
	pactl(t, d, "unload-module", module)
	s := untilStatus(t, d, c, "the end", func(s control.Status) bool { return s.Phase == turn.Idle })
	if s.Error == nil || s.Error.Code != "mic_moved" || !strings.Contains(s.Error.Message, "Studio") || !strings.Contains(s.Error.Message, "Microphone") {
		t.Errorf("it says %+v", s.Error)
	}
	if err := c.Do(t.Context(), control.VerbPress, nil); err != nil {
		t.Fatal(err)
	}
	untilStatus(t, d, c, "the other microphone", func(s control.Status) bool { return s.Recording == "Microphone" })
}

func TestThatAMicrophoneIsTriedIsToldToWhoeverWatches(t *testing.T) {
	_, c := within(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := make(chan string, 64)
	var watch sync.WaitGroup
	watch.Go(func() {
		last := ""
		_ = c.Watch(ctx, func(s control.Snapshot) { // it ends with ctx
			if s.Microphone != last {
				last = s.Microphone
				told <- last
			}
		})
	})
	defer watch.Wait()
	defer cancel()
	want := func(microphone string) {
		t.Helper()
		select {
		case got := <-told:
			if got != microphone {
				t.Fatalf("it is told to be %s, want %s", got, microphone)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("it is not told to be %s", microphone)
		}
	}
	want("closed")
	opened := false
	err := c.Call(ctx, control.VerbListen, control.ListenArgs{MS: 600}, func(json.RawMessage) error {
		if opened {
			return nil
		}
		opened = true
		want("tried")
		s, err := c.Status(ctx)
		if err != nil || s.Microphone != "tried" || s.Recording != "Microphone" {
			t.Errorf("status says that %q is %s: %v", s.Recording, s.Microphone, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	want("closed")
}

// locker is a screen locker.
type locker struct{ locked atomic.Bool }

func (l *locker) GetActive() (bool, *dbus.Error) { return l.locked.Load(), nil }

func TestAWarmMicrophoneFollowsTheLockOfTheScreen(t *testing.T) {
	alone(t)
	d := desk.Start(t, desk.Options{Sound: true, Display: true, Bus: true, Width: 320, Height: 200})
	for name, value := range map[string]string{
		"PULSE_SERVER": d.PulseServer, "DISPLAY": d.Display, "DBUS_SESSION_BUS_ADDRESS": d.BusAddress, "DBUS_SYSTEM_BUS_ADDRESS": d.BusAddress,
	} {
		t.Setenv(name, value)
	}
	bus, err := dbus.Connect(d.BusAddress)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Close() }()
	const name = "org.freedesktop.ScreenSaver"
	l := &locker{}
	if err := bus.Export(l, "/org/freedesktop/ScreenSaver", name); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Default()
	s.Sound.Warm, s.Panel.AlwaysOn = true, false
	if err := settings.Save(path, s); err != nil {
		t.Fatal(err)
	}
	_, c := opened(t)
	for _, locked := range []bool{false, true, false} {
		l.locked.Store(locked)
		want := map[bool]string{true: "closed", false: "warm"}[locked]
		untilStatus(t, d, c, "a microphone that is "+want, func(s control.Status) bool {
			streams, err := d.Microphones(t.Context())
			return err == nil && s.Microphone == want && (len(streams) == 1) != locked && (s.Recording == "Microphone") != locked
		})
	}
}
