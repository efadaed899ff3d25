package turn

import "aside/app/engine"

// act carries out what the model wants done by itself, as far as that is not
// the engine's own affair. There is nothing else that it can do.
func (l *Loop) act(a engine.Act) {
	if name, value := asControl(a); name != "" {
		l.control(engine.Control{Name: name, Value: value})
	}
}

// asControl is the speech control that an act comes to, "" if it is none.
func asControl(a engine.Act) (name, value string) {
	switch {
	case a.Name == "set_pace" && (a.Value == "faster" || a.Value == "slower" || a.Value == "normal"):
		return a.Value, ""
	case a.Name == "set_voice" && a.Value != "":
		return "voice", a.Value
	}
	return "", ""
}

// actHint is the line that tells of an act.
func actHint(a engine.Act) string {
	if name, _ := asControl(a); name != "" {
		return hints[name]
	}
	return hints[a.Name]
}
