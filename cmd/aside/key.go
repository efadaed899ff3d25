package main

import (
	"errors"
	"fmt"
	"io"

	"aside/app/control"
	"aside/app/key"
)

// keyCmd keeps the service's key in the system's keyring. It works whether
// Aside runs or not.
type keyCmd struct {
	Set    keySetCmd    `cmd:"" help:"Store the key, read from standard input."`
	Delete keyDeleteCmd `cmd:"" help:"Delete the stored key."`
	Status keyStatusCmd `cmd:"" default:"1" help:"Say whether there is a key, and for which service."`
}

type (
	keySetCmd    struct{ keyService }
	keyDeleteCmd struct{ keyService }
	keyStatusCmd struct{ keyService }

	// keyService says whose key is meant.
	keyService struct {
		URL string `help:"Of the service, such as speak.base_url. Default: engine.base_url."`
	}
)

func (k keyService) address(c *console) (string, error) {
	if k.URL != "" {
		return k.URL, nil
	}
	_, s, err := loadSettings(c)
	return s.Engine.BaseURL, err
}

// maxKeyInput bounds what is read of standard input.
const maxKeyInput = 8 << 10

func (k keySetCmd) Run(c *console) error {
	address, err := k.address(c)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(c.in, maxKeyInput))
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	if err := key.New().Set(c.ctx, address, string(text)); err != nil {
		return keyFailure(err)
	}
	fmt.Fprintf(c.out, "stored for %s\n", address)
	return tellCore(c)
}

func (k keyDeleteCmd) Run(c *console) error {
	address, err := k.address(c)
	if err != nil {
		return err
	}
	if err := key.New().Delete(c.ctx, address); err != nil {
		return keyFailure(err)
	}
	fmt.Fprintf(c.out, "deleted for %s\n", address)
	return tellCore(c)
}

func (k keyStatusCmd) Run(c *console) error {
	address, err := k.address(c)
	if err != nil {
		return err
	}
	source, err := key.New().Status(c.ctx, address)
	if err != nil {
		return keyFailure(err)
	}
	fmt.Fprintf(c.out, "%s for %s\n", source, address)
	return nil
}

// keyFailure gives an error of the keyring its code and its next step.
func keyFailure(err error) error {
	for _, f := range []struct {
		err           error
		code, message string
		hint          string
	}{
		{key.ErrNone, "keyring_none", "No keyring answers.", "Install gnome-keyring or KeePassXC, or set " + key.Variable + "."},
		{key.ErrLocked, "keyring_locked", "The keyring is locked.", "Unlock it and try again."},
		{key.ErrTimeout, "keyring_timeout", "The keyring does not answer.", "Look for its prompt, or restart it, and try again."},
		{key.ErrNotFound, "key_none", "No key is stored for this service.", "Store one with: aside key set"},
		{key.ErrInvalid, "key_invalid", "This is not an API key.", "Paste the key alone, on one line."},
		{key.ErrAddress, "settings_value", "The address of the service is not an http or https address.", "Change it with: aside settings set engine.base_url URL"},
	} {
		if errors.Is(err, f.err) {
			return control.Fail(f.code, f.message, f.hint)
		}
	}
	return err
}
