package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"aside/app/desk"
)

// TestScriptsWithAKeyring runs what needs a keyring, with a real one that is
// unlocked, on a bus of its own.
func TestScriptsWithAKeyring(t *testing.T) {
	d := desk.Start(t, desk.Options{Bus: true})
	cmd := d.Command(context.Background(), "gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	cmd.Stdin = strings.NewReader("password of the keyring")
	_, err := d.Launch(cmd)
	switch {
	case errors.Is(err, desk.ErrMissing) && os.Getenv("ASIDE_TEST_ALL") == "":
		t.Skipf("no keyring to test: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	if err := d.Until(t.Context(), "keyring", func() bool {
		out, err := d.Output(t.Context(), "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
			"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	}); err != nil {
		t.Fatal(err)
	}
	// A group of its own: the scripts run at once, and the desk must outlive them.
	t.Run("all", func(t *testing.T) { testscript.Run(t, scripts("testdata/keyring", d.BusAddress)) })
}
