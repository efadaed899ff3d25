package chat

import (
	"context"
	"slices"
	"strings"
	"time"

	"aside/app/engine/remote"
)

// modelsLimit bounds the wait for a service's list of models.
const modelsLimit = 10 * time.Second

// Models returns the names of what a service offers, sorted. The error is an
// *engine.Error, or ctx's.
func Models(ctx context.Context, s Service) ([]string, error) {
	address, err := remote.Address(s.BaseURL)
	if err != nil {
		return nil, err
	}
	s.BaseURL = address
	ctx, cancel := context.WithTimeout(ctx, modelsLimit)
	defer cancel()
	service := newService(s, nil)
	defer service.web.CloseIdleConnections()
	list, err := service.api.ListModels(ctx)
	if err != nil {
		return nil, remote.Failed(err)
	}
	names := make([]string, 0, len(list.Models))
	for _, m := range list.Models {
		if name := strings.TrimSpace(m.ID); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
