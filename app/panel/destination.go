package panel

import (
	"net/url"
	"strings"
	"unicode"
)

// link makes runs open target if that is safe, and says where it leads unless
// the words do.
func (w *walker) link(runs []run, target string) []run {
	u, where := destination(target)
	if u == nil {
		return runs
	}
	words := ""
	for i := range runs {
		runs[i].link = u.String()
		words += runs[i].text
	}
	if words = strings.TrimSpace(words); words == "" {
		return []run{{where, style{size: sizeText, link: u.String()}}}
	}
	if !names(words, u, where) {
		runs = append(runs, run{" (" + where + ")", style{size: runs[0].size, tone: toneFaint, unsaid: true}})
	}
	return runs
}

// names reports whether the words of a link say where it leads and nothing
// else: a host within other words may be there to mislead.
func names(words string, u *url.URL, where string) bool {
	if words == u.String() || words == where {
		return true
	}
	if strings.ContainsFunc(words, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return false
	}
	said, err := url.Parse(words)
	return err == nil && said.User == nil && said.Host != "" && strings.EqualFold(said.Host, u.Host)
}

// destination reads the target of a link, and says where it leads. It is nil
// for what must not be opened: a model may write any scheme.
func destination(target string) (*url.URL, string) {
	u, err := url.Parse(target)
	if err != nil || len(target) > 2048 {
		return nil, ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Hostname() == "" {
			return nil, ""
		}
		u.User = nil
		return u, u.Host
	case "mailto":
		return u, u.Opaque
	}
	return nil, ""
}
