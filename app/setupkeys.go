package app

import (
	"context"
	"encoding/json"
	"errors"

	"aside/app/control"
	"aside/app/hotkey"
	"aside/app/key"
	"aside/app/turn"
)

// tryKey takes the combination that a setting is to have, to find out whether
// it can be had. If not, nothing has changed.
func (a *App) tryKey(ctx context.Context, id string, args control.SetArgs) error {
	combo, err := hotkey.Parse(args.Value)
	if err != nil {
		return badKey(args.Name, err)
	}
	h := a.settings().Hotkey
	other := &h.Look
	switch id {
	case bindTalk:
		h.Talk = args.Value
	case bindLook:
		h.Look, other = args.Value, &h.Talk
	default:
		return nil // there is no such setting, which Set says
	}
	if o, err := hotkey.Parse(*other); err == nil && o == combo {
		return control.Fail("hotkey_conflict", combo.String()+" "+hotkey.ErrTwice.Error()+".", "Press another combination.")
	}
	problems := keyProblems(a.keys.try(ctx, h, id))
	if len(problems) == 0 {
		return nil
	}
	p := problems[0]
	return control.Fail(p.Code, p.Message, p.Hint)
}

// badKey says why a combination is none.
func badKey(setting string, err error) error {
	return control.Fail("hotkey_invalid", setting+" "+err.Error()+".", "Name modifiers and a key, for instance Ctrl+Alt+Space; or RightCtrl, RightAlt, Mouse8 or Mouse9 alone.")
}

// CheckKey says whether a combination is one. The error is a *control.Failure.
func CheckKey(setting, combo string) error {
	if _, err := hotkey.Parse(combo); err != nil {
		return badKey(setting, err)
	}
	return nil
}

// capture tells what the user presses, until that is a combination.
func (a *App) capture(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	if a.sight.Locked(ctx) {
		return control.Fail("screen_locked", "The screen is locked.", "Unlock it first.")
	}
	combo, err := hotkey.Capture(ctx, func(c hotkey.Capturing) { _ = send(control.Captured{Held: c.Held, Wrong: c.Wrong}) })
	switch {
	case errors.Is(err, hotkey.ErrCalledOff):
		return control.Fail("capture_off", "Nothing was changed.", "Press the button again to choose a key.")
	case errors.Is(err, hotkey.ErrTaken):
		return control.Fail("capture_busy", "Another program has the whole keyboard.", "Close its menu or window, then try again.")
	case err != nil && ctx.Err() == nil:
		return control.Fail("hotkey_unavailable", "Keys cannot be noticed here.", "Type the combination, for instance Ctrl+Alt+Space.")
	case err != nil:
		return err
	}
	return send(control.Captured{Combo: combo.String()})
}

// key stores, deletes or looks for the key of a service. It is never sent back.
func (a *App) key(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.KeyArgs](raw)
	if err != nil {
		return err
	}
	url := args.URL
	if url == "" {
		url = a.settings().Engine.BaseURL
	}
	keys := a.engines.keys
	switch args.Do {
	case "set":
		err = keys.Set(ctx, url, args.Key)
	case "delete":
		err = keys.Delete(ctx, url)
	}
	if err != nil {
		return KeyFailure(err)
	}
	if args.Do != "" {
		if err := a.load(ctx, true); err != nil {
			return err
		}
	}
	source, err := keys.Status(ctx, url)
	if err != nil {
		return KeyFailure(err)
	}
	shown, err := key.Origin(url)
	if err != nil {
		return KeyFailure(err)
	}
	return send(control.KeyState{URL: shown, Source: string(source)})
}

// KeyFailure gives an error of the keyring its code and its next step.
func KeyFailure(err error) error {
	for _, f := range []struct {
		err  error
		told turn.Problem
	}{
		{key.ErrNone, turn.Problem{Code: "keyring_none", Message: "No keyring answers.", Hint: "Install gnome-keyring or KeePassXC, or set " + key.Variable + "."}},
		{key.ErrLocked, turn.Problem{Code: "keyring_locked", Message: "The keyring is locked.", Hint: "Unlock it and try again, or set " + key.Variable + "."}},
		{key.ErrTimeout, turn.Problem{Code: "keyring_timeout", Message: "The keyring does not answer.", Hint: "Look for its prompt, or restart it, and try again."}},
		{key.ErrNotFound, turn.Problem{Code: "key_none", Message: "No key is stored for this service.", Hint: "Store one with: aside key set"}},
		{key.ErrInvalid, turn.Problem{Code: "key_invalid", Message: "This is not an API key.", Hint: "Paste the key alone, on one line."}},
		{key.ErrAddress, turn.Problem{Code: "settings_value", Message: "The address of the service is not an http or https address.", Hint: "Change it with: aside settings set engine.base_url URL"}},
	} {
		if errors.Is(err, f.err) {
			return &control.Failure{Problem: f.told}
		}
	}
	return err
}
