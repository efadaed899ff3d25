// Package offline is the engine that needs no key and no network. It reads the
// screen with tesseract, understands a fixed set of spoken phrases with
// pocketsphinx and speaks with flite or espeak-ng. It finds and quotes text; it
// does not reason, and says so.
//
// The programs are children that live for one step of one turn. What the user
// said or shows reaches them through pipes and anonymous memory only: never
// through a file and never through arguments, which every user of the machine
// can read.
package offline
