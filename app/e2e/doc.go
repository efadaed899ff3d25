// Package e2e tests the whole of Aside: the real binaries on a virtual desktop
// with a real window manager, a real key, a real sound server, and a voice
// that speaks into the microphone. make test builds the binaries and says
// where they are.
package e2e
