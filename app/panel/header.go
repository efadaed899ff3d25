package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
	"aside/assets"
)

const headerHeight = 48

// header says in which phase the turn is, and who answers.
type header struct {
	*fyne.Container
	sheet *sheet
	mark  *mark
	word  *title
	right *canvas.Text
	who   *tapArea // over right: another model or voice
	hide  *tool
	over  *hover
	menu  *chip // the way to the pages
	line  *canvas.Rectangle
}

// menuRoom is what the menu takes of the header at its right.
const menuRoom = 14 + 12

func newHeader(s *sheet, hide, menu, pick func()) *header {
	h := &header{sheet: s, mark: newMark(s, 20), word: newTitle("", s.ink), right: words("", s.dim, sizeLabel)}
	h.right.Alignment = fyne.TextAlignTrailing
	h.hide = newTool(s, tr("Hide"), hide)
	h.hide.Hide()
	h.who = newTapArea(pick)
	h.over = newHover(h.hide.Show, h.hide.Hide)
	h.line = canvas.NewRectangle(s.line)
	h.menu = newGlyphChip(s, "menu", "", menu)
	h.menu.ground.StrokeWidth, h.menu.over = 0, h.over
	full, menuSize := s.width+2*margin, h.menu.MinSize()
	put(h.over, 0, 0, full, headerHeight-1)
	put(h.mark.Container, margin, (headerHeight-20)/2, 20, 20)
	put(h.word.Container, margin+30, 0, s.width-30, headerHeight-1)
	put(h.menu, full-margin-menuSize.Width+10, (headerHeight-menuSize.Height)/2, menuSize.Width, menuSize.Height)
	put(h.right, margin, 0, s.width-menuRoom, headerHeight-1)
	put(h.line, 0, headerHeight-1, full, 1)
	h.Container = &fyne.Container{
		Layout:  &fixed{fyne.NewSize(full, headerHeight)},
		Objects: []fyne.CanvasObject{h.over, h.mark.Container, h.word.Container, h.right, h.who, h.hide, h.menu, h.line},
	}
	return h
}

// headline is what the header says.
type headline struct {
	mark  assets.Mark
	word  string
	right string
}

// headlineOf decides what the header says of s at an instant. Whatever it is,
// that somebody looks along is said.
func headlineOf(s control.Snapshot, offline bool, now time.Time) headline {
	if offline {
		return headline{assets.Offline, tr("Offline"), ""}
	}
	l := headlineOfTurn(s, now)
	switch {
	case s.Sharing == nil:
	case l.word == tr("Ready"):
		l.word, l.right = tr("Looking with you"), trf("%s left", elapsed(int(s.Sharing.Until.Sub(now).Seconds())))
	default:
		l.right = tr("looking with you")
	}
	return l
}

// headlineOfTurn is what the header says of the turn.
func headlineOfTurn(s control.Snapshot, now time.Time) headline {
	model := s.Model
	if model == "" {
		model = s.Engine
	}
	switch string(s.Phase) {
	case "listening":
		if s.Microphone == "opening" { // it does not hear yet
			return headline{assets.Ready, tr("One moment"), tr("microphone opens")}
		}
		if waits(s) {
			return headline{assets.Listening, tr("Listening"), tr("speak any time")}
		}
		return headline{assets.Listening, tr("Listening"), elapsed(int(now.Sub(s.Since).Seconds()))}
	case "thinking":
		return headline{assets.Thinking, tr("Thinking"), model}
	case "speaking":
		if s.Microphone == "voice" {
			return headline{assets.Speaking, tr("Speaking"), tr("and listens for you")}
		}
		return headline{assets.Speaking, tr("Speaking"), model}
	}
	if s.Microphone == "tried" { // whatever else there is to say
		return headline{assets.Listening, tr("Microphone is open"), tr("being tried")}
	}
	if s.Error != nil && !s.Error.Warns() {
		return headline{assets.Problem, inShort(s.Error.Code), model}
	}
	if s.Microphone == "warm" {
		return headline{assets.Ready, tr("Ready"), tr("microphone kept open")}
	}
	return headline{assets.Ready, tr("Ready"), model}
}

// inShort says what is wrong in at most three words. The rest stands below.
func inShort(code string) string {
	for _, c := range []struct{ code, words string }{
		{"mic_none", "No microphone"}, {"mic_muted", "Microphone is muted"}, {"mic_busy", "Microphone is busy"}, {"mic_", "Microphone is gone"},
		{"audio_", "No sound server"}, {"speaker_none", "No loudspeaker"}, {"speaker_busy", "Loudspeaker is busy"}, {"speaker_", "Loudspeaker is gone"},
		{"speech_failed", "Not spoken"}, {"voice_unknown", "No such voice"}, {"transcript_missing", "Not understood"}, {"not_understood", "Not understood"}, {"echo_", "Only keys interrupt"}, {"no_speech", "Nothing heard"},
		{"net_not_api", "Wrong address"}, {"address_invalid", "Wrong address"}, {"insecure_address", "Wrong address"}, {"net_", "No connection"},
		{"key_none", "No key stored"}, {"key_", "Key refused"}, {"keyring_none", "No keyring"}, {"keyring_locked", "Keyring is locked"}, {"keyring_", "Keyring is silent"},
		{"quota_exceeded", "Credit used up"}, {"rate_limited", "Too many requests"}, {"spend_", "Spending cap reached"},
		{"server_error", "Service fails"}, {"stream_", "Answer cut off"}, {"timed_out", "No answer came"}, {"answer_empty", "No answer came"},
		{"not_answering", "No answer came"}, {"bad_response", "Answer is unreadable"}, {"content_filtered", "Question was refused"},
		{"cursor_", "Question was refused"}, {"range_", "Question was refused"}, {"format_", "Question was refused"}, {"bad_request", "Question was refused"}, {"picture_refused", "Question was refused"}, {"too_large", "Question too large"}, {"along_", "Question too large"},
		{"question_empty", "No question"}, {"clip_empty", "Nothing to add"}, {"sample_none", "Nothing heard"},
		{"model_missing", "No such model"}, {"realtime_missing", "No live voice"}, {"session_expired", "Session has ended"}, {"engine_alone", "No other engine"},
		{"offline_", "Reader is incomplete"}, {"ocr_", "Reader is incomplete"},
		{"hotkey_conflict", "Key is taken"}, {"hotkey_", "Key is unusable"}, {"capture_", "Keyboard is busy"},
		{"display_none", "No display"}, {"screen_unchosen", "Nothing was chosen"},
		{"share_", "Cannot look along"}, {"screen_locked", "Screen is locked"}, {"screen_", "No picture"}, {"portal_", "No picture"}, {"shot_", "No picture"}, {"image_", "No picture"},
		{"history_", "History is unavailable"}, {"db_", "History is unavailable"}, {"turn_", "No such turn"}, {"retry_gone", "No such turn"}, {"not_found", "No such turn"},
		{"settings_", "Check the settings"}, {"insert_", "Nothing was inserted"}, {"internal", "A mistake inside"}, {"busy", "Aside is busy"}, {"trial_busy", "Aside is busy"},
	} {
		if code == c.code || strings.HasSuffix(c.code, "_") && strings.HasPrefix(code, c.code) {
			return tr(c.words)
		}
	}
	return tr("See below")
}

// set shows a headline. level and turned move the mark.
func (h *header) set(l headline, level float64, turned float32) {
	h.mark.set(l.mark, level, turned)
	room := h.sheet.width - 30 - menuRoom
	right := shorten(l.right, sizeLabel, room*0.6)
	setText(h.right, right, h.sheet.dim)
	taken := h.right.MinSize().Width
	h.word.set(shorten(l.word, sizeText, room-taken-12), h.sheet.ink)
	end := margin + h.sheet.width - menuRoom
	put(h.who, end-taken, 8, taken, headerHeight-16)
	size := h.hide.MinSize()
	put(h.hide, end-taken-size.Width-4, (headerHeight-size.Height)/2, size.Width, size.Height)
}
