package main

import (
	"os"
	"path/filepath"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/detached"
)

// besideEndings are what tools put behind the name of a file for that of its
// signature.
var besideEndings = []string{".asc", ".minisig", ".p7s", ".sig", ".sign"}

// besideImage reads the signatures that came with an image: those that are named,
// or else those that lie beside it under its name.
func besideImage(image string, named []string) ([]firmware.Beside, error) {
	var all []firmware.Beside
	for _, file := range named {
		data, err := readLimited(file, detached.MaxSignature)
		if err != nil {
			return nil, badInput("give a file with a detached signature", "--signature: %w", err)
		}
		all = append(all, firmware.Beside{Name: filepath.Base(file), Data: data})
	}
	if len(named) > 0 {
		return all, nil
	}
	if image == standardInput {
		return nil, nil // nothing lies beside it
	}
	if info, err := os.Stat(image); err != nil || !info.Mode().IsRegular() {
		return nil, nil // whoever opens it says so; a folder has nothing to sign
	}
	for _, ending := range besideEndings {
		if data, err := readLimited(image+ending, detached.MaxSignature); err == nil {
			all = append(all, firmware.Beside{Name: filepath.Base(image) + ending, Data: data, Found: true})
		}
	}
	return all, nil
}

func signatureNames(beside []firmware.Beside) (names []string) {
	for _, b := range beside {
		names = append(names, b.Name)
	}
	return names
}
