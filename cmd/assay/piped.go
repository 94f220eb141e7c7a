package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/assay-iot/assay/firmware"
)

const (
	// maxPiped is how many bytes of an image are taken from standard input.
	maxPiped = 8 << 30
	// pipedInMemory is how many of them are held; more go into a file without a name.
	pipedInMemory = 32 << 20
	// pipedName is what such an image is called.
	pipedName = "stdin"
)

// takeInput reads the image that comes from standard input, if its name says so. It does
// before the process drops the rights that a file takes.
func (p *program) takeInput(name string) error {
	if name != standardInput || p.piped != nil {
		return nil
	}
	src, err := takePiped(p.in, maxPiped, pipedInMemory, p.scratchFolders())
	if err == nil {
		p.piped = &src
	}
	return err
}

// takePiped reads an image of at most so many bytes.
func takePiped(in io.Reader, most, inMemory int64, folders []string) (firmware.Source, error) {
	head, err := io.ReadAll(io.LimitReader(in, inMemory+1))
	if err != nil {
		return firmware.Source{}, fmt.Errorf("standard input: %w", err)
	}
	if int64(len(head)) <= inMemory {
		return firmware.Bytes(pipedName, head), nil
	}
	file := unnamed(folders...)
	if file == nil {
		return firmware.Source{}, errors.New("there is no room for a file of what comes from standard input")
	}
	if _, err := file.Write(head); err != nil {
		return firmware.Source{}, fmt.Errorf("standard input: %w", err)
	}
	n, err := io.Copy(file, io.LimitReader(in, most-int64(len(head))+1))
	size := n + int64(len(head))
	switch {
	case err != nil:
		return firmware.Source{}, fmt.Errorf("standard input: %w", err)
	case size > most:
		return firmware.Source{}, badInput("give a file", "standard input has more than %d bytes", most)
	}
	return firmware.Source{Name: pipedName, Reader: file, Size: size}, nil
}

// source opens an image: a file, a folder, or what came from standard input.
func (p *program) source(name string) (firmware.Source, io.Closer, error) {
	if name == standardInput && p.piped != nil {
		return *p.piped, io.NopCloser(nil), nil
	}
	return firmware.SourceFile(name)
}
