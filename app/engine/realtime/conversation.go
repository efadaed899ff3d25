package realtime

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aside/app/engine"
	"aside/audio"
)

// conversation is what the service has of the turns so far.
type conversation struct {
	turns []*items
	names int
}

// items are those of one turn, in their order.
type items struct {
	turn     string
	pictures []string // looks at the screen, which are forgotten with the turn
	words    []string // the question and the answer
	answers  []answer // those of words that are spoken
	live     bool     // its exchange is not closed
	cut      bool     // it has been truncated
	gone     bool     // none of it is wanted, also not what is still to come
}

// answer is an item of a spoken reply.
type answer struct {
	id      string
	begins  int // in the speech that was handed on, in samples
	trimmed int // silence at its beginning that was not, in samples
	samples int // of all of it
}

// begin makes room for a turn.
func (c *conversation) begin(turn string) *items {
	i := &items{turn: turn, live: true}
	c.turns = append(c.turns, i)
	return i
}

// find returns the items of a turn, an empty one if there are none.
func (c *conversation) find(turn string) *items {
	for _, i := range c.turns {
		if i.turn == turn && !i.gone {
			return i
		}
	}
	return &items{}
}

// key is what an earlier turn is known by.
func key(e engine.Earlier) string { return cmp.Or(e.Turn, e.Question+"\n"+e.Answer) }

// agree returns what makes the service's conversation consist of these turns:
// others are deleted, and those that it does not have are told as text.
func (c *conversation) agree(earlier []engine.Earlier) (all []message) {
	for _, i := range slices.Clone(c.turns) {
		if !i.live && !slices.ContainsFunc(earlier, func(e engine.Earlier) bool { return key(e) == i.turn }) {
			all = append(all, c.drop(i)...)
		}
	}
	behind := "root"
	for at, e := range earlier {
		i := c.find(key(e))
		if i.cut && !i.live && (e.Heard == "" || i.written()) { // it went on after all, or is there as a whole
			all = append(all, c.drop(i)...)
			i = &items{}
		}
		if i.turn == "" {
			i = &items{turn: key(e)}
			c.turns = slices.Insert(c.turns, min(at, len(c.turns)), i)
			all = append(all, c.tell(i, e, behind)...)
		}
		if n := len(i.words); n > 0 {
			behind = i.words[n-1]
		}
	}
	return all
}

// tell returns the items that tell of an earlier turn.
func (c *conversation) tell(i *items, e engine.Earlier, behind string) (all []message) {
	reply := e.Answer
	if e.Heard != "" {
		reply = e.Heard + " … [the user cut the answer off here]"
	}
	for _, m := range []item{
		{Role: "user", Content: []part{{Type: "input_text", Text: cmp.Or(e.Question, "[a question of which there are no words]")}}},
		{Role: "assistant", Content: []part{{Type: "output_text", Text: cmp.Or(reply, "[no answer]")}}},
	} {
		c.names++
		m.ID, m.Type = fmt.Sprintf("earlier_%d", c.names), "message"
		all = append(all, written(sent{Type: "conversation.item.create", EventID: past, Previous: behind, Item: &m}))
		i.words = append(i.words, m.ID)
		behind = m.ID
	}
	return all
}

// drop deletes a turn, what is still to come included.
func (c *conversation) drop(i *items) []message {
	i.gone = true
	c.turns = slices.DeleteFunc(c.turns, func(other *items) bool { return other == i })
	all := i.forget()
	for _, id := range i.words {
		all = append(all, deletion(id))
	}
	i.words = nil
	return all
}

// forget deletes the pictures of a turn.
func (i *items) forget() (all []message) {
	for _, id := range i.pictures {
		all = append(all, deletion(id))
	}
	i.pictures = nil
	return all
}

// add notes an item.
func (i *items) add(id string) {
	if !slices.Contains(i.words, id) {
		i.words = append(i.words, id)
	}
}

// written reports whether the answer is words that another voice spoke: these
// cannot be truncated.
func (i *items) written() bool { return len(i.answers) == 0 }

// cutOff returns what makes the service forget what was not heard of the answer
// of an earlier turn that is held.
func (c *conversation) cutOff(e engine.Earlier) (all []message) {
	i := c.find(e.Turn)
	at := slices.Index(c.turns, i)
	if !i.written() || e.Heard == "" || at < 0 {
		return i.truncate(e.Played)
	}
	behind := "root"
	for _, before := range c.turns[:at] {
		if n := len(before.words); n > 0 {
			behind = before.words[n-1]
		}
	}
	all = c.drop(i)
	told := &items{turn: key(e)}
	c.turns = slices.Insert(c.turns, at, told)
	return append(all, c.tell(told, e, behind)...)
}

// truncate returns what makes the service forget what was not heard of the
// answer. played is where in the speech that was handed on it was cut.
func (i *items) truncate(played time.Duration) (all []message) {
	if i.cut || i.gone {
		return nil
	}
	i.cut = true
	at := audio.Samples(played, audio.RateSpeak)
	for n, a := range i.answers {
		heard := at - a.begins
		switch {
		case heard >= a.samples-a.trimmed:
		case heard <= 0 && n > 0:
			all = append(all, deletion(a.id))
			i.words = slices.DeleteFunc(i.words, func(id string) bool { return id == a.id })
		default:
			end := audio.Duration(max(0, heard)+a.trimmed, audio.RateSpeak)
			all = append(all, written(truncation{Type: "conversation.item.truncate", EventID: past, Item: a.id, End: end.Milliseconds()}))
		}
	}
	return all
}

// past is the ID of events about what is over. That it is over already for the
// service, too, is no trouble.
const past = "past"

func deletion(id string) message {
	return written(sent{Type: "conversation.item.delete", EventID: past, ItemID: id})
}
