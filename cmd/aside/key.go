package main

import (
	"fmt"
	"io"

	"aside/app"
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
		return app.KeyFailure(err)
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
		return app.KeyFailure(err)
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
		return app.KeyFailure(err)
	}
	fmt.Fprintf(c.out, "%s for %s\n", source, address)
	return nil
}
