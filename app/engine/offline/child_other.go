//go:build !unix

package offline

import "os/exec"

// apart changes nothing: the programs start no others, and are killed
// themselves.
func apart(*exec.Cmd) {}
