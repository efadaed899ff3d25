package turn

import "testing"

func TestASentenceIsSaidFromItsFirstWords(t *testing.T) {
	var said []utterance
	for _, s := range []string{"It is closed twice,", "", "because of the defer.", "Keep only one.", "", "And test it."} {
		said = append(said, utterance{sentence: s})
	}
	for sentence, want := range map[string]int{
		"": 0, "Keep only one.": 3, "**Keep** only `one`.": 3, "It is closed twice, because of the defer.": 0,
		"because of the defer": 2, "And test it. Then ship it.": 5, "This was not said.": 0,
	} {
		if got := startOf(said, sentence); got != want {
			t.Errorf("%q begins at %d, want %d", sentence, got, want)
		}
	}
}
