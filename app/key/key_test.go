package key

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

const openAI = "https://api.openai.com/v1"

// memory is a vault that holds its keys in memory, and fails or hangs on
// demand.
type memory struct {
	err  error
	hang chan struct{} // calls wait until it is closed

	mu   sync.Mutex
	keys map[string]string
}

func (m *memory) Get(service, user string) (string, error) {
	if m.hang != nil {
		<-m.hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.keys[service+" "+user]
	if !ok && m.err == nil {
		return "", keyring.ErrNotFound
	}
	return value, m.err
}

func (m *memory) Set(service, user, password string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys == nil {
		m.keys = map[string]string{}
	}
	m.keys[service+" "+user] = password
	return m.err
}

func (m *memory) Delete(service, user string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.keys[service+" "+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(m.keys, service+" "+user)
	return m.err
}

// panicking is a vault like the library when its bus dies during a prompt.
type panicking struct{ memory }

func (*panicking) Get(string, string) (string, error) { panic("nil signal") }

func with(v vault) *Keyring { return &Keyring{v, limit, make(chan struct{}, maxCalls)} }

func TestKeyIsBoundToItsService(t *testing.T) {
	t.Setenv(Variable, "")
	ctx := context.Background()
	k := with(&memory{})
	if err := k.Set(ctx, openAI, "sk-1\n"); err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{openAI, "https://API.openai.com", "https://api.openai.com:443/other"} {
		if got, err := k.Get(ctx, same); err != nil || got != "sk-1" {
			t.Errorf("%s: got %q, %v", same, got, err)
		}
	}
	for _, other := range []string{"http://api.openai.com/v1", "https://api.openai.com:8443/v1", "https://api.openai.com.evil.example/v1", "https://example.org/v1"} {
		if got, err := k.Get(ctx, other); !errors.Is(err, ErrNotFound) || got != "" {
			t.Errorf("%s: got %q, %v", other, got, err)
		}
	}
	if source, err := k.Status(ctx, openAI); err != nil || source != Stored {
		t.Errorf("got %s, %v", source, err)
	}
	if err := k.Delete(ctx, openAI); err != nil {
		t.Fatal(err)
	}
	if source, err := k.Status(ctx, openAI); err != nil || source != Nowhere {
		t.Errorf("after Delete: got %s, %v", source, err)
	}
	if err := k.Delete(ctx, openAI); !errors.Is(err, ErrNotFound) {
		t.Errorf("second Delete: got %v", err)
	}
}

func TestEnvironmentOverridesTheKeyring(t *testing.T) {
	ctx := context.Background()
	k := with(&memory{err: errors.New("must not be asked")})
	t.Setenv(Variable, " sk-env\n")
	if got, err := k.Get(ctx, openAI); err != nil || got != "sk-env" {
		t.Errorf("got %q, %v", got, err)
	}
	if source, err := k.Status(ctx, openAI); err != nil || source != Environment {
		t.Errorf("got %s, %v", source, err)
	}
	t.Setenv(Variable, "sk\r\nX-Evil: 1")
	if _, err := k.Get(ctx, openAI); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoKeyIsRefusedAndNotQuoted(t *testing.T) {
	t.Setenv(Variable, "")
	ctx := context.Background()
	for name, value := range map[string]string{
		"empty":              "",
		"space":              " \n",
		"newline inside":     "canary\nX: y",
		"carriage return":    "canary\rX: y",
		"NUL":                "canary\x00",
		"control character":  "canary\x1b[31m",
		"space inside":       "canary canary",
		"another script":     "canary\u043a",
		"not UTF-8":          "canary\xff",
		"longer than 4 KiB":  "canary" + strings.Repeat("k", maxKey),
		"a file by accident": strings.Repeat("canary\n", 1000),
	} {
		m := &memory{}
		if err := with(m).Set(ctx, openAI, value); !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "canary") {
			t.Errorf("set, %s: got %v", name, err)
		}
		if len(m.keys) != 0 {
			t.Errorf("set, %s: stored", name)
		}
		m.keys = map[string]string{"aside https://api.openai.com:443": value}
		if _, err := with(m).Get(ctx, openAI); !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "canary") {
			t.Errorf("get, %s: got %v", name, err)
		}
	}
}

func TestErrorsOfTheLibraryGetNames(t *testing.T) {
	t.Setenv(Variable, "")
	for _, tt := range []struct{ err, want error }{
		{keyring.ErrNotFound, ErrNotFound},
		{keyring.ErrUnsupportedPlatform, ErrNone},
		{keyring.ErrSetDataTooBig, ErrInvalid},
		{errors.New("dial unix /nowhere: connect: no such file or directory"), ErrNone},
	} {
		if _, err := with(&memory{err: tt.err}).Get(context.Background(), openAI); !errors.Is(err, tt.want) {
			t.Errorf("%v: want %v, got %v", tt.err, tt.want, err)
		}
	}
	if _, err := with(&panicking{}).Get(context.Background(), openAI); !errors.Is(err, ErrNone) {
		t.Errorf("panic: got %v", err)
	}
}

func TestHangingKeyringIsLeftAfterFiveSeconds(t *testing.T) {
	t.Setenv(Variable, "")
	synctest.Test(t, func(t *testing.T) {
		m := &memory{hang: make(chan struct{}), keys: map[string]string{"aside https://api.openai.com:443": "sk-1"}}
		k := with(m)
		for range 3 * maxCalls {
			begin := time.Now()
			if _, err := k.Get(t.Context(), openAI); !errors.Is(err, ErrTimeout) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(begin); took != limit {
				t.Errorf("want %v, took %v", limit, took)
			}
		}
		if n := len(k.calls); n != maxCalls {
			t.Errorf("%d calls hang, want at most %d", n, maxCalls)
		}
		close(m.hang)
		synctest.Wait()
		if got, err := k.Get(t.Context(), openAI); err != nil || got != "sk-1" {
			t.Errorf("after it came back: got %q, %v", got, err)
		}
	})
}

func TestCallEndsWithItsContext(t *testing.T) {
	t.Setenv(Variable, "")
	synctest.Test(t, func(t *testing.T) {
		m := &memory{hang: make(chan struct{})}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := with(m).Get(ctx, openAI); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(m.hang)
	})
}

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://api.openai.com/v1":        "https://api.openai.com:443",
		"HTTPS://API.OpenAI.com":           "https://api.openai.com:443",
		"http://localhost:11434/v1?x=1#y":  "http://localhost:11434",
		"http://127.0.0.1":                 "http://127.0.0.1:80",
		"http://[::1]:8080/v1":             "http://[::1]:8080",
		"https://me:secret@example.org/v1": "https://example.org:443",
		"":                                 "",
		"api.openai.com":                   "",
		"https://":                         "",
		"https://:443":                     "",
		"ftp://example.org":                "",
		"file:///etc/passwd":               "",
		"https://exa mple.org":             "",
		"https://example.org:https/":       "",
	} {
		got, err := Origin(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: want %q, got %q, %v", in, want, got, err)
		}
	}
}

func FuzzOrigin(f *testing.F) {
	f.Add("https://api.openai.com/v1")
	f.Add("http://[::1%25eth0]:80/")
	f.Fuzz(func(t *testing.T, in string) {
		origin, err := Origin(in)
		if err != nil {
			t.Skip()
		}
		if again, err := Origin(origin); err != nil || again != origin {
			t.Errorf("%q has the origin %q, which has %q, %v", in, origin, again, err)
		}
	})
}
