//go:build !linux

package main

import (
	"errors"
	"os"
)

// flush returns when the files are on the disk.
func flush(_ string, names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
