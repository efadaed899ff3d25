package control

import (
	"context"
	"encoding/json"
	"time"

	"aside/app/turn"
)

// FilterArgs say which turns of the history are meant; without any, all are.
// Turns about programs that the user keeps private are never shown.
type FilterArgs struct {
	Text         string `json:"text,omitempty"`         // words; the last may be the beginning of one
	App          string `json:"app,omitempty"`          // the program that was asked about
	Engine       string `json:"engine,omitempty"`       // chat, realtime, offline
	Model        string `json:"model,omitempty"`        //
	Conversation string `json:"conversation,omitempty"` // the ID that its turns have in common
	From         string `json:"from,omitempty"`         // the first day, 2026-11-25
	To           string `json:"to,omitempty"`           // the last day
	Pinned       bool   `json:"pinned,omitempty"`       // only what the user keeps
}

// HistoryArgs are the arguments of VerbHistory.
type HistoryArgs struct {
	FilterArgs
	Limit  int    `json:"limit,omitempty"`  // at most 500; 0 is 50
	Cursor string `json:"cursor,omitempty"` // Next of the page before
}

// HistoryPage is a part of a list, newest first.
type HistoryPage struct {
	Turns []Hit  `json:"turns"`
	Next  string `json:"next,omitempty"` // "" if this is the last page
}

// Hit is a turn as a list shows it.
type Hit struct {
	ID           string      `json:"id"`
	Asked        time.Time   `json:"asked"`
	Conversation string      `json:"conversation"`
	Question     []Piece     `json:"question"` // one line
	Answer       []Piece     `json:"answer"`   // one line, around the first word that was looked for
	Look         bool        `json:"look,omitempty"`
	Outcome      Outcome     `json:"outcome"`
	Engine       string      `json:"engine"`
	Model        string      `json:"model"`
	App          string      `json:"app,omitempty"`
	Pinned       bool        `json:"pinned,omitempty"`
	Usage        *turn.Usage `json:"usage"`
}

// Piece is a part of a line.
type Piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"` // it is what was looked for
}

// Opened is a turn of the history in its place.
type Opened struct {
	Turn         View   `json:"turn"`
	Conversation []View `json:"conversation"`    // with the turn itself, oldest first
	More         bool   `json:"more,omitempty"`  // the conversation is longer than what is here
	Older        string `json:"older,omitempty"` // the ID of the turn before, whatever its conversation
	Newer        string `json:"newer,omitempty"` // the ID of the turn after
}

// ExportArgs are the arguments of VerbExport.
type ExportArgs struct {
	FilterArgs
	Format string `json:"format"` // json, markdown
}

// ExportPart is the next part of an export's text.
type ExportPart struct {
	Text string `json:"text"`
}

// EraseArgs are the arguments of VerbErase. Without any filter All must be set:
// then everything goes, pinned or not, and what was put aside of damaged
// histories. With Count nothing goes: it is only counted.
type EraseArgs struct {
	FilterArgs
	All   bool `json:"all,omitempty"`
	Count bool `json:"count,omitempty"`
}

// Erased says how many turns are gone so far; the last one, how many there were.
type Erased struct {
	Turns int `json:"turns"`
}

// PinArgs are the arguments of VerbPin.
type PinArgs struct {
	ID     string `json:"id"`
	Pinned bool   `json:"pinned"`
}

// HereArgs are the arguments of VerbHere.
type HereArgs struct {
	Limit  int  `json:"limit,omitempty"`  // at most 500; 0 is 5
	Follow bool `json:"follow,omitempty"` // reply again when another window, or another title, is in front
}

// Here are the earlier turns about what the window in front shows, newest
// first. There are none of a window that the user keeps private, and none where
// windows cannot be told apart.
type Here struct {
	App   string `json:"app"`
	Title string `json:"title"`
	Turns []Hit  `json:"turns"`
}

// UsageArgs are the arguments of VerbUsage.
type UsageArgs struct {
	From string `json:"from,omitempty"` // the first day, 2026-11-25; "" is 29 days before To
	To   string `json:"to,omitempty"`   // the last day; "" is today
}

// Usage is what a time took and cost. Speech is not in it: its service does not
// say what it costs.
type Usage struct {
	From   string       `json:"from"`
	To     string       `json:"to"`
	Total  Tally        `json:"total"`
	Days   []DayUsage   `json:"days"`   // every day from From to To
	Models []ModelUsage `json:"models"` // the most turns first
	Caps   []Cap        `json:"caps"`   // of a day and of a month, as far as they are set
}

// DayUsage is the Tally of a day.
type DayUsage struct {
	Day string `json:"day"` // 2026-11-25
	Tally
}

// ModelUsage is the Tally of a model.
type ModelUsage struct {
	Engine string `json:"engine"`
	Model  string `json:"model"`
	Tally
}

// Tally is what some turns took and cost. They are counted even if they have
// been deleted since; stages are those of turns that are there.
type Tally struct {
	Turns    int                `json:"turns"`
	Input    int                `json:"input"`    // tokens
	Output   int                `json:"output"`   // likewise
	Unpriced int                `json:"unpriced"` // turns whose price nobody knows
	Cost     map[string]float64 `json:"cost"`     // by currency, of the others
	Stages   Stages             `json:"stages"`
}

// Stages are how long the turns took from key-up on, in milliseconds.
type Stages struct {
	Request    Stage `json:"request"`     // the question began to leave
	Transcript Stage `json:"transcript"`  // the utterance was understood
	FirstText  Stage `json:"first_text"`  // first words of the answer
	FirstSound Stage `json:"first_sound"` // first audible sample
	Done       Stage `json:"done"`        // the whole answer was there
}

// Stage is one of them, over the turns that reached it.
type Stage struct {
	Turns  int   `json:"turns"`
	Median int64 `json:"median"`
	P95    int64 `json:"p95"`
}

// Cap is how much may be spent in the time that runs now.
type Cap struct {
	Of       string  `json:"of"` // day, month
	Most     float64 `json:"most"`
	Spent    float64 `json:"spent"`
	Currency string  `json:"currency"`
	State    string  `json:"state"` // ok, near (80 %), reached: only what costs nothing answers
}

// History lists or searches earlier turns.
func (c Client) History(ctx context.Context, args HistoryArgs) (HistoryPage, error) {
	return one[HistoryPage](ctx, c, VerbHistory, args)
}

// Open returns an earlier turn in its place.
func (c Client) Open(ctx context.Context, id string) (Opened, error) {
	return one[Opened](ctx, c, VerbOpen, IDArgs{ID: id})
}

// Export calls each with the parts of an export's text.
func (c Client) Export(ctx context.Context, args ExportArgs, each func(text string) error) error {
	return c.Call(ctx, VerbExport, args, func(raw json.RawMessage) error {
		var part ExportPart
		if err := json.Unmarshal(raw, &part); err != nil {
			return err
		}
		return each(part.Text)
	})
}

// Erase deletes turns, or counts them, and returns how many there were.
func (c Client) Erase(ctx context.Context, args EraseArgs) (int, error) {
	erased, err := one[Erased](ctx, c, VerbErase, args)
	return erased.Turns, err
}

// Pin keeps a turn, however old it becomes, or no longer.
func (c Client) Pin(ctx context.Context, id string, pinned bool) error {
	return c.Do(ctx, VerbPin, PinArgs{ID: id, Pinned: pinned})
}

// Here calls see with the earlier turns about what is in front: once, or until
// ctx ends if it is to follow.
func (c Client) Here(ctx context.Context, args HereArgs, see func(Here)) error {
	return c.Call(ctx, VerbHere, args, func(raw json.RawMessage) error {
		var h Here
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		see(h)
		return nil
	})
}

// Usage returns what a time took and cost.
func (c Client) Usage(ctx context.Context, args UsageArgs) (Usage, error) {
	return one[Usage](ctx, c, VerbUsage, args)
}
