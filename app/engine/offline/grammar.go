package offline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// grammar is what the recogniser may hear, as a graph: its edges carry words.
// State 0 is the start and state 1 the end.
type grammar struct {
	states int
	edges  []edge
}

type edge struct {
	from, to int
	weight   float64
	word     string // "" passes without a word
}

// noiseMark begins the names of the sounds that stand for words nobody
// expects.
const noiseMark = "+"

// noiseWeight is what each unexpected sound costs. Measured with the voices
// rms and slt of flite: between 0.02 and 0.1 every phrase was understood, and
// none of fifteen other questions was taken for one; at 0.3 short phrases
// begin to get lost in noise.
const noiseWeight = 0.05

// sounds are the phonemes of English as the model knows them.
func sounds() []string {
	return strings.Fields("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH")
}

// decoys begin questions that sound like the phrases and are none. Without
// them "what time is it" becomes "what does it say".
func decoys() []string {
	return []string{"what", "what is", "what is the", "what should", "what time", "why", "how", "who", "tell me", "can you"}
}

// newGrammar makes the graph of all phrases. Behind those that find something
// stands one of the words to find, if there are any, or noise.
func newGrammar(find []string) *grammar {
	g := &grammar{states: 2}
	g.noise(0)
	for _, d := range decoys() {
		g.noise(g.path(0, strings.Fields(d)))
	}
	for _, words := range heardAs() {
		before, _, finds := strings.Cut(words, " *")
		end := g.path(0, strings.Fields(before))
		if !finds {
			g.edges = append(g.edges, edge{end, 1, 1, ""})
			continue
		}
		g.noise(end)
		for _, w := range find {
			g.edges = append(g.edges, edge{end, 1, 1, w})
		}
	}
	return g
}

// path adds a word after the other and returns the state behind the last.
func (g *grammar) path(from int, words []string) int {
	for _, w := range words {
		g.edges = append(g.edges, edge{from, g.states, 1, w})
		from = g.states
		g.states++
	}
	return from
}

// noise adds any number of sounds from a state to the end.
func (g *grammar) noise(from int) {
	loop := g.states
	g.states++
	for _, s := range sounds() {
		g.edges = append(g.edges, edge{from, loop, noiseWeight, noiseMark + s}, edge{loop, loop, noiseWeight, noiseMark + s})
	}
	g.edges = append(g.edges, edge{loop, 1, 1, ""})
}

// String returns the graph in the format of Sphinx's finite-state grammars.
func (g *grammar) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "FSG_BEGIN aside\nNUM_STATES %d\nSTART_STATE 0\nFINAL_STATE 1\n", g.states)
	for _, e := range g.edges {
		fmt.Fprintf(&b, "TRANSITION %d %d %g %s\n", e.from, e.to, e.weight, e.word)
	}
	b.WriteString("FSG_END\n")
	return b.String()
}

// grammarWords are the words of all phrases and decoys.
func grammarWords() []string {
	var all []string
	for _, words := range heardAs() {
		before, _, _ := strings.Cut(words, " *")
		all = append(all, strings.Fields(before)...)
	}
	for _, d := range decoys() {
		all = append(all, strings.Fields(d)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// dictionary holds pronunciations: lines of the recogniser's format by word.
type dictionary map[string][]string

// readDictionary takes the pronunciations of some words out of a dictionary
// with lines such as "on AA N" and "on(2) AO N".
func readDictionary(r io.Reader, words []string) (dictionary, error) {
	d := make(dictionary, len(words))
	for _, w := range words {
		d[w] = nil
	}
	for lines := bufio.NewScanner(r); ; {
		if !lines.Scan() {
			return d, lines.Err()
		}
		name := lines.Bytes()
		if end := bytes.IndexAny(name, " ("); end >= 0 {
			name = name[:end]
		}
		if said, wanted := d[string(name)]; wanted {
			d[string(name)] = append(said, lines.Text())
		}
	}
}

// only returns those words that the dictionary can pronounce, once each.
func (d dictionary) only(words []string) []string {
	var known []string
	for _, w := range words {
		if len(d[w]) > 0 && !slices.Contains(known, w) {
			known = append(known, w)
		}
	}
	return known
}

// String returns the dictionary in the recogniser's format, with the sounds.
func (d dictionary) String() string {
	var lines []string
	for _, said := range d {
		lines = append(lines, said...)
	}
	for _, s := range sounds() {
		lines = append(lines, noiseMark+s+" "+s)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
