package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestTakePiped reads what fits into memory, what goes into a file, and too much.
func TestTakePiped(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 1000)
	for name, inMemory := range map[string]int64{"memory": 10000, "file": 9999} {
		src, err := takePiped(bytes.NewReader(content), 10000, inMemory, []string{t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(src.Reader, 0, src.Size))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := takePiped(bytes.NewReader(content), 9999, 100, []string{t.TempDir()}); err == nil || !strings.Contains(err.Error(), "more than 9999") {
		t.Errorf("too much: %v", err)
	}
	if _, err := takePiped(bytes.NewReader(content), 10000, 100, nil); err == nil {
		t.Error("no folder, and no error")
	}
}
