package control

import "aside/app/turn"

// The shapes that faces see, so that they need not import the turn itself.
type (
	Snapshot = turn.Snapshot
	View     = turn.View
	Act      = turn.Act
	ShotView = turn.ShotView
	Sharing  = turn.Sharing
	// PictureView describes a picture that was sent.
	PictureView = turn.PictureView
	Problem     = turn.Problem
	// TurnUsage is what a turn cost, Timings how long its stages took.
	TurnUsage = turn.Usage
	Timings   = turn.Timings
	Phase     = turn.Phase
	Talk      = turn.Talk
	Outcome   = turn.Outcome
)
