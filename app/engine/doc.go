// Package engine is the contract between a turn and whatever answers it. An
// Engine turns a Prompt into a reply; an Exchange is one turn's dialogue with
// it. The turn loop cannot tell engines apart except by their Capabilities,
// and one behaviour suite (enginetest) runs against all of them.
package engine
