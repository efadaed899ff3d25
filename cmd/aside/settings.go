package main

import (
	"errors"
	"fmt"
	"strings"

	"aside/app"
	"aside/app/control"
	"aside/app/settings"
)

// settingCmd shows and changes the settings. It works whether Aside runs or
// not.
type settingCmd struct {
	List settingListCmd `cmd:"" default:"1" help:"Show all settings."`
	Get  settingGetCmd  `cmd:"" help:"Print one setting."`
	Set  settingSetCmd  `cmd:"" help:"Change one setting."`
	Path settingPathCmd `cmd:"" help:"Print where the settings file is."`

	Reset settingResetCmd `cmd:"" help:"Take one setting out of the file, so that its default holds."`
}

type (
	settingListCmd struct{}
	settingPathCmd struct{}
	settingGetCmd  struct {
		Key string `arg:"" help:"for instance speak.voice"`
	}
	settingResetCmd struct {
		Key string `arg:"" help:"for instance speak.voice"`
	}
	settingSetCmd struct {
		Key   string `arg:"" help:"for instance speak.voice"`
		Value string `arg:"" help:"the new value"`
	}
)

// loadSettings reads the file and tells about what was wrong in it.
func loadSettings(c *console) (path string, s settings.Settings, err error) {
	if path, err = settings.Path(); err != nil {
		return "", s, err
	}
	s, problems, err := settings.Load(path)
	for _, p := range problems {
		fmt.Fprintf(c.err, "aside: %s: %s\n", p.Code, p.Message)
	}
	return path, s, err
}

func (settingListCmd) Run(c *console) error {
	_, s, err := loadSettings(c)
	if err != nil {
		return err
	}
	keys := settings.Keys()
	names := 0
	for _, k := range keys {
		names = max(names, len(k.Name))
	}
	for _, k := range keys {
		value, err := settings.Get(s, k.Name)
		if err != nil {
			return err
		}
		about := k.About
		if len(k.Choices) > 0 {
			about += " (" + strings.Join(k.Choices, ", ") + ")"
		}
		fmt.Fprintf(c.out, "%-*s %-28s %s\n", names, k.Name, clean(value), about)
	}
	return nil
}

func (g settingGetCmd) Run(c *console) error {
	_, s, err := loadSettings(c)
	if err != nil {
		return err
	}
	value, err := settings.Get(s, g.Key)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, clean(value))
	return nil
}

func (g settingSetCmd) Run(c *console) error {
	path, s, err := loadSettings(c)
	if err != nil {
		return err
	}
	if err := settings.Set(&s, g.Key, g.Value); err != nil {
		return err
	}
	if strings.HasPrefix(g.Key, "hotkey.") {
		if err := app.CheckKey(g.Key, g.Value); err != nil {
			return err
		}
	}
	if err := settings.Save(path, s); err != nil {
		return err
	}
	return tellCore(c)
}

func (r settingResetCmd) Run(c *console) error {
	path, _, err := loadSettings(c)
	if err != nil {
		return err
	}
	if err := settings.Drop(path, r.Key); err != nil {
		return err
	}
	return tellCore(c)
}

// tellCore makes a running core read the settings and the key again.
func tellCore(c *console) error {
	err := c.client.Do(c.ctx, control.VerbReload, nil)
	if errors.Is(err, control.ErrNotRunning) {
		return nil
	}
	return err
}

func (settingPathCmd) Run(c *console) error {
	path, err := settings.Path()
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, path)
	return nil
}
