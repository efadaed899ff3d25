package offline_test

import (
	"testing"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/app/engine/offline"
)

func TestTheEngineKeepsWhatEveryEnginePromises(t *testing.T) {
	enginetest.Run(t, func(*testing.T) engine.Engine { return offline.New(offline.Config{}) })
}
