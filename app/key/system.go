package key

import "github.com/zalando/go-keyring"

// system is the keyring that the library finds.
type system struct{}

func (system) Get(service, user string) (string, error) {
	if !reachable() {
		return "", ErrNone
	}
	if nothingStored(service, user) {
		return "", keyring.ErrNotFound
	}
	return keyring.Get(service, user)
}

func (system) Set(service, user, password string) error {
	if !reachable() {
		return ErrNone
	}
	return keyring.Set(service, user, password)
}

func (system) Delete(service, user string) error {
	if !reachable() {
		return ErrNone
	}
	return keyring.Delete(service, user)
}
