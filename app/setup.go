package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"sync"

	"aside/app/control"
	"aside/app/settings"
)

// news tells whoever waits that something has changed.
type news struct {
	mu   sync.Mutex
	next chan struct{} // closed with the next change; nil while nobody waits
}

// wait returns what is closed with the next change.
func (n *news) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}

// setupVerbs are the verbs of whoever sets Aside up.
func (a *App) setupVerbs() map[string]verb {
	return map[string]verb{
		control.VerbSettings: a.tellSettings,
		control.VerbSet:      a.set,
		control.VerbReset:    a.reset,
		control.VerbKey:      a.key,
		control.VerbModels:   a.models,
		control.VerbTry:      a.try,
		control.VerbSound:    a.soundList,
		control.VerbVoices:   a.voices,
		control.VerbListen:   a.listen,
		control.VerbSample:   a.sample,
		control.VerbPick:     a.pick,
		control.VerbCapture:  a.capture,
		control.VerbWelcome:  a.welcome,
	}
}

// tellSettings tells all settings, and with Watch again whenever they change,
// whoever changes them.
func (a *App) tellSettings(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.SettingsArgs](raw)
	if err != nil {
		return err
	}
	var last control.Settings
	for first := true; ; first = false {
		next := a.settingsNews.wait()
		now, err := a.settingList()
		if err != nil {
			return err
		}
		if first || !reflect.DeepEqual(now, last) {
			if err := send(now); err != nil {
				return err
			}
		}
		last = now
		if !args.Watch {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// settingList is the table of settings with what holds now.
func (a *App) settingList() (control.Settings, error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	list := control.Settings{Path: a.settingsPath}
	held, s := settings.Held(a.settingsPath), a.settings()
	for _, k := range settings.Keys() {
		value, err := settings.Get(s, k.Name)
		if err != nil {
			return list, err
		}
		source := "default"
		if held[k.Name] {
			source = "file"
		}
		one := control.Setting{
			Name: k.Name, About: k.About, Valid: k.Valid, Kind: string(k.Kind), Choices: k.Choices,
			Least: k.Least, Most: k.Most, Value: value, Default: k.Default, Source: source,
		}
		if k.Name == "screen.exclude" {
			one.Items = s.Screen.Exclude
		}
		list.Settings = append(list.Settings, one)
	}
	return list, nil
}

// set changes one setting in the file and puts it into effect. A key that
// cannot be taken is not kept.
func (a *App) set(ctx context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.SetArgs](raw)
	if err != nil {
		return err
	}
	if id, isKey := strings.CutPrefix(args.Name, "hotkey."); isKey {
		if err := a.tryKey(ctx, id, args); err != nil {
			return err
		}
	}
	return a.changeFile(ctx, func(path string) error {
		s, _, err := settings.Load(path) // what else stands there by now stays
		if err != nil {
			return err
		}
		if err := settings.Set(&s, args.Name, args.Value); err != nil {
			return err
		}
		return settings.Save(path, s)
	})
}

// reset takes one setting out of the file.
func (a *App) reset(ctx context.Context, raw json.RawMessage, _ func(any) error) error {
	args, err := arguments[control.ResetArgs](raw)
	if err != nil {
		return err
	}
	return a.changeFile(ctx, func(path string) error { return settings.Drop(path, args.Name) })
}

// changeFile changes the file and puts it into effect.
func (a *App) changeFile(ctx context.Context, change func(path string) error) error {
	a.changing.Lock()
	err := change(a.settingsPath)
	a.changing.Unlock()
	if err != nil {
		return unwritten(err)
	}
	return a.load(ctx, false)
}

// unwritten says why a setting could not be kept.
func unwritten(err error) error {
	if p, ok := errors.AsType[*settings.Problem](err); ok {
		return p
	}
	return control.Fail("settings_unwritable", "The settings file cannot be written: "+reason(err)+".", "Make its folder writable for you, and see that the disk is not full. See: aside settings path")
}

// reason is the innermost cause of an error of the system.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return err.Error()
}

// fileChanged takes the news that somebody has written the settings file. What
// we wrote ourselves holds already.
func (a *App) fileChanged(ctx context.Context) {
	a.changing.Lock()
	s, _, err := settings.Load(a.settingsPath)
	same := err == nil && reflect.DeepEqual(s, a.settings())
	a.changing.Unlock()
	if !same {
		if err := a.load(ctx, false); err != nil && ctx.Err() == nil {
			a.log.Warn("settings", "err", err)
		}
	}
	a.settingsNews.tell() // which come from the file may have changed
}

// followFile puts the settings file into effect whenever it changes, until ctx
// ends.
func (a *App) followFile(ctx context.Context, path string) {
	if err := settings.Watch(ctx, path, func() { a.fileChanged(ctx) }); err != nil {
		a.log.Warn("settings", "err", err)
	}
}
