//go:build !windows

package app

const exeSuffix = ""
