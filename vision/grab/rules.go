package grab

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// window is what is known about one window.
type window struct {
	bounds   image.Rectangle // on the screen, without what the window manager adds
	frame    image.Rectangle // with it: all that it may be seen in
	title    string
	programs []string // class, instance and process name, best first
	pid      uint32   // 0 if it does not say
	hidden   bool     // iconified, or on another desktop
	aid      bool     // dock, desktop, menu: no window one works in
}

// known reports whether a window says anything of itself.
func (w window) known() bool { return w.title != "" || len(w.programs) > 0 }

func (w window) program() string {
	if len(w.programs) == 0 {
		return ""
	}
	return w.programs[0]
}

// vaults are password managers. They are private without being listed.
func vaults() []string {
	return []string{
		"keepassxc", "keepass2", "keepass", "bitwarden", "1password", "enpass", "keeper", "dashlane",
		"secrets", "seahorse", "org.gnome.seahorse.application", "kwalletmanager", "kwalletmanager5", "qtpass", "passwordsafe", "pinentry",
		"pinentry-gtk-2", "pinentry-qt", "pinentry-gnome3",
	}
}

// lockers are programs whose window hides the screen while it is locked.
func lockers() []string {
	return []string{
		"i3lock", "xscreensaver", "slock", "xsecurelock", "xlock", "alock", "sxlock", "gnome-screensaver", "mate-screensaver",
		"cinnamon-screensaver", "cs-backup-locker", "xfce4-screensaver", "kscreenlocker_greet",
	}
}

// locks reports whether a window hides one of the monitors as a lock does.
func locks(w window, monitors []image.Rectangle) bool {
	return slices.ContainsFunc(lockers(), func(word string) bool { return isProgram(w, word) }) &&
		slices.ContainsFunc(monitors, func(m image.Rectangle) bool { return m.In(w.frame) })
}

// rules tell what may be seen, in lower case.
type rules struct{ exclude, own []string }

func newRules(o Options) rules {
	return rules{lower(o.Exclude), append(lower(o.Own), chooseClass, frameClass)}
}

// Privacy returns what tells whether a window of a program and a title is kept
// private, by these options alone: not by what can be seen of the window itself.
func (o Options) Privacy() func(program, title string) bool {
	r := newRules(o)
	return func(program, title string) bool { return r.private(window{title: title, programs: []string{program}}) }
}

func lower(words []string) []string {
	var all []string
	for _, w := range words {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// private reports whether a window is excluded.
func (r rules) private(w window) bool {
	title := strings.ToLower(w.title)
	if slices.ContainsFunc(vaults(), func(word string) bool { return isProgram(w, word) }) {
		return true
	}
	return slices.ContainsFunc(r.exclude, func(word string) bool {
		return strings.Contains(title, word) || isProgram(w, word)
	})
}

// ours reports whether a window is one of our own.
func (r rules) ours(w window) bool {
	return slices.ContainsFunc(r.own, func(word string) bool { return isProgram(w, word) })
}

// isProgram reports whether a window is of a program. The kernel keeps the
// first 15 letters of a process's name. In a sandbox there is often nothing but
// the application's ID to go by, which ends with the program's name.
func isProgram(w window, word string) bool {
	const kept = 15
	return slices.ContainsFunc(w.programs, func(p string) bool {
		p = strings.ToLower(p)
		return p == word || len(p) == kept && strings.HasPrefix(word, p) || endOfID(p) == word
	})
}

// endOfID is the last part of an application's ID, as in org.gnome.World.Secrets;
// "" if the name is none.
func endOfID(name string) string {
	if strings.Count(name, ".") < 2 {
		return ""
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// processName is what the kernel calls a process.
func processName(pid uint32) string {
	name, err := os.ReadFile(filepath.Join("/proc", strconv.FormatUint(uint64(pid), 10), "comm"))
	if err != nil {
		return "" // it runs elsewhere
	}
	return strings.TrimSpace(string(name))
}
