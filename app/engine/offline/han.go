package offline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Frequent characters that only one of the scripts has, in pairs.
const (
	onlySimplified  = "这们来时国说对会发为动过现经进还没关开学问题应该实点间请错误设认让给读写书车见长门东当从电产业务络连线统类计运输选择员转码号场联样组织级结处际变条张两远达头义专举买乱习术权标档测试调词语译"
	onlyTraditional = "這們來時國說對會發為動過現經進還沒關開學問題應該實點間請錯誤設認讓給讀寫書車見長門東當從電產業務絡連線統類計運輸選擇員轉碼號場聯樣組織級結處際變條張兩遠達頭義專舉買亂習術權標檔測試調詞語譯"
)

// variant says which Han script a text is in: "chi_sim", "chi_tra", or "" if
// it does not say.
func variant(text string) string {
	simplified, traditional := 0, 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(onlySimplified, r):
			simplified++
		case strings.ContainsRune(onlyTraditional, r):
			traditional++
		}
	}
	switch {
	case simplified > traditional:
		return simplifiedHan
	case traditional > simplified:
		return traditionalHan
	}
	return ""
}

// han counts the Han characters of a text.
func han(text string) int {
	n := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// wide says that a character takes two columns: Han, its punctuation, and what
// is as wide.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x30ff || r >= 0xff01 && r <= 0xff60
}

// columns is how many columns of a grid a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

// punctuated gives the punctuation of Han its own form, where tesseract took it
// for that of Latin: behind a Han character, and before another or at the end.
// Space around it goes: it is part of the character.
func punctuated(line string) string {
	const latin, forms = ",:;!?", "，：；！？"
	if han(line) == 0 {
		return line
	}
	var b strings.Builder
	last := ' ' // but for spaces
	for rest := line; rest != ""; {
		text := strings.TrimLeft(rest, " ")
		if text == "" {
			b.WriteString(rest)
			break
		}
		r, size := utf8.DecodeRuneInString(text)
		after := strings.TrimLeft(text[size:], " ")
		next, _ := utf8.DecodeRuneInString(after)
		if at := strings.IndexRune(latin, r); at >= 0 && unicode.Is(unicode.Han, last) && (after == "" || wide(next)) {
			r = []rune(forms)[at]
			b.WriteRune(r)
			rest = after
		} else {
			b.WriteString(rest[:len(rest)-len(text)+size])
			rest = text[size:]
		}
		last = r
	}
	return b.String()
}
