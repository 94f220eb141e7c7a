//go:build !linux

package heap

func reserve() {}

// Huge asks for huge pages, where the system has them.
func Huge() {}
