//go:build !linux

package sandbox

// Confine does nothing: Landlock is Linux's.
func Confine(Rights) (state string, err error) { return Unavailable, nil }
