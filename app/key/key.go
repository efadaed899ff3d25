// Package key owns the API key: it lives in the system's keyring, bound to the
// one service that it is for, and nowhere else. It is never logged and no
// error quotes it.
package key

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
)

// Variable is the environment variable that overrides the keyring, for servers
// and tests. Its key is for the service that answers, and for no other.
const Variable = "ASIDE_API_KEY"

const (
	service  = "aside"
	maxKey   = 4 << 10 // bytes
	limit    = 5 * time.Second
	maxCalls = 4 // at once, the ones that hang included
)

// What can go wrong. All errors of a Keyring wrap one of these or are those of
// the caller's context.
var (
	ErrNone     = errors.New("no keyring answers")
	ErrLocked   = errors.New("keyring is locked") // or has never been set up
	ErrTimeout  = errors.New("keyring does not answer in time")
	ErrNotFound = errors.New("no key stored for this service")
	ErrInvalid  = errors.New("not an API key")
	ErrAddress  = errors.New("not an http or https address")
)

// Source says where a key comes from. The values are for people and scripts.
type Source string

// The sources.
const (
	Nowhere     Source = "none"
	Environment Source = "environment"
	Stored      Source = "keyring"
)

// vault is the system's keyring, which has no limit of time of its own.
type vault interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

// Keyring gets and stores keys. Its methods may be called at once from several
// goroutines; each returns within five seconds or when its context ends. They
// take the service's base URL: only its scheme, host and port count.
type Keyring struct {
	vault vault
	limit time.Duration
	calls chan struct{} // holds one for each call that has not come back
}

// New returns the keyring of the system. Nothing is opened.
func New() *Keyring { return &Keyring{system{}, limit, make(chan struct{}, maxCalls)} }

// Get returns the key for the service at baseURL: the environment's, else the
// stored one, else ErrNotFound.
func (k *Keyring) Get(ctx context.Context, baseURL string) (string, error) {
	if value := os.Getenv(Variable); value != "" {
		value, err := clean(value)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", Variable, err)
		}
		return value, nil
	}
	return k.Stored(ctx, baseURL)
}

// Stored returns the key that is stored for the service at baseURL, whatever
// the environment says, else ErrNotFound.
func (k *Keyring) Stored(ctx context.Context, baseURL string) (string, error) {
	value, err := k.stored(ctx, baseURL)
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	return value, nil
}

func (k *Keyring) stored(ctx context.Context, baseURL string) (string, error) {
	origin, err := Origin(baseURL)
	if err != nil {
		return "", err
	}
	value, err := k.call(ctx, func() (string, error) { return k.vault.Get(service, origin) })
	if err != nil {
		return "", err
	}
	return clean(value)
}

// Set stores the key for the service at baseURL. Space around it is dropped.
// After ErrTimeout it may still be stored later.
func (k *Keyring) Set(ctx context.Context, baseURL, value string) error {
	origin, err := Origin(baseURL)
	if err == nil {
		value, err = clean(value)
	}
	if err == nil {
		_, err = k.call(ctx, func() (string, error) { return "", k.vault.Set(service, origin, value) })
	}
	if err != nil {
		return fmt.Errorf("store key: %w", err)
	}
	return nil
}

// Delete removes the stored key for the service at baseURL.
func (k *Keyring) Delete(ctx context.Context, baseURL string) error {
	origin, err := Origin(baseURL)
	if err == nil {
		_, err = k.call(ctx, func() (string, error) { return "", k.vault.Delete(service, origin) })
	}
	if err != nil {
		return fmt.Errorf("delete key: %w", err)
	}
	return nil
}

// Status says where Get would find a key. That there is none is no error.
func (k *Keyring) Status(ctx context.Context, baseURL string) (Source, error) {
	_, err := k.Get(ctx, baseURL)
	switch {
	case errors.Is(err, ErrNotFound):
		return Nowhere, nil
	case err != nil:
		return Nowhere, err
	case os.Getenv(Variable) != "":
		return Environment, nil
	}
	return Stored, nil
}

// call runs do on a goroutine of its own. The library cannot be cancelled: a
// call that hangs keeps its goroutine and its place among maxCalls until the
// keyring answers or dies.
func (k *Keyring) call(ctx context.Context, do func() (string, error)) (string, error) {
	limited, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	type result struct {
		value string
		err   error
	}
	done := make(chan result, 1)
	select {
	case k.calls <- struct{}{}:
		go func() {
			defer func() { <-k.calls }()
			value, err := guarded(do)
			done <- result{value, err}
		}()
	case <-limited.Done():
	}
	select {
	case r := <-done:
		return r.value, translate(r.err)
	case <-limited.Done():
		if err := ctx.Err(); err != nil {
			return "", err
		}
		return "", ErrTimeout
	}
}

// guarded runs do. The library panics when the bus goes away while it waits
// for the user to unlock the keyring.
func guarded(do func() (string, error)) (value string, err error) {
	defer func() {
		if recover() != nil {
			err = ErrNone
		}
	}()
	return do()
}

// translate turns an error of the library into one of ours.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNone):
		return err
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("%w: too long", ErrInvalid)
	case isLocked(err):
		return ErrLocked
	}
	return fmt.Errorf("%w: %w", ErrNone, err)
}

// clean returns a key as it can stand in a request's header.
func clean(value string) (string, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return "", fmt.Errorf("%w: empty", ErrInvalid)
	case len(value) > maxKey:
		return "", fmt.Errorf("%w: longer than %d bytes", ErrInvalid, maxKey)
	case strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", fmt.Errorf("%w: it has a character that no key has", ErrInvalid)
	}
	return value, nil
}
