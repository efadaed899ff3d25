package main

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
)

const appID = "app.aside.panel"

// newApp makes an app that keeps nothing on disk: what the panel stores is the
// core's. Fyne would write its preferences, of which there are none, as the panel
// ends, and read them while they are half written.
func newApp() fyne.App {
	if dir, err := os.UserConfigDir(); err == nil {
		_ = os.Remove(filepath.Join(dir, "fyne", appID, "preferences.json")) // of an older panel, which may have been cut off
	}
	app := fyneapp.NewWithID(appID)
	app.SetCloudProvider(unsaved{})
	return app
}

// unsaved is how Fyne is told to keep preferences elsewhere: in memory alone.
type unsaved struct{}

var _ fyne.CloudProviderPreferences = unsaved{}

// memory holds preferences. Fyne saves those of its own type, and no others.
type memory struct{ fyne.Preferences }

// CloudPreferences implements fyne.CloudProviderPreferences.
func (unsaved) CloudPreferences(app fyne.App) fyne.Preferences { return memory{app.Preferences()} }

// ProviderName implements fyne.CloudProvider.
func (unsaved) ProviderName() string { return "memory" }

// ProviderDescription implements fyne.CloudProvider.
func (unsaved) ProviderDescription() string { return "" }

// ProviderIcon implements fyne.CloudProvider.
func (unsaved) ProviderIcon() fyne.Resource { return nil }

// Setup implements fyne.CloudProvider.
func (unsaved) Setup(fyne.App) error { return nil }

// Cleanup implements fyne.CloudProvider.
func (unsaved) Cleanup(fyne.App) {}
