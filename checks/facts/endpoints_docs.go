package facts

import (
	"bytes"
	"path"
	"slices"
)

// withoutDocs gives a program text with blanks where it holds documentation for
// people who read it: POD in Perl (perlpod), docstrings in Python (PEP 257).
// Offsets and lines stay.
func withoutDocs(name string, content []byte) []byte {
	first, _, _ := bytes.Cut(content[:min(len(content), 256)], []byte("\n"))
	runs := bytes.HasPrefix(first, []byte("#!"))
	switch ext := path.Ext(name); {
	case ext == ".pm" || ext == ".pl" || ext == ".t" || runs && bytes.Contains(first, []byte("perl")):
		return blanked(content, podRanges)
	case ext == ".py" || runs && bytes.Contains(first, []byte("python")):
		return blanked(content, docstringRanges)
	}
	return content
}

// blanked gives a copy with blanks in the ranges; the content itself if there
// are none.
func blanked(content []byte, ranges func([]byte, func(from, to int))) []byte {
	copied := false
	ranges(content, func(from, to int) {
		if !copied {
			content, copied = slices.Clone(content), true
		}
		for i := from; i < to; i++ {
			if content[i] != '\n' {
				content[i] = ' '
			}
		}
	})
	return content
}

// podRanges finds "=word" at the start of a line up to "=cut"; after "__END__"
// there is nothing else.
func podRanges(content []byte, found func(from, to int)) {
	start := -1
	for at := 0; at < len(content); {
		line, _, _ := bytes.Cut(content[at:], []byte("\n"))
		next := min(at+len(line)+1, len(content))
		switch {
		case start < 0 && bytes.Equal(bytes.TrimSpace(line), []byte("__END__")):
			found(at, len(content))
			return
		case start < 0 && len(line) > 1 && line[0] == '=' && isLetter(line[1]):
			start = at
		case start >= 0 && bytes.HasPrefix(line, []byte("=cut")):
			found(start, next)
			start = -1
		}
		at = next
	}
	if start >= 0 {
		found(start, len(content))
	}
}

// docstringRanges finds strings in three quotes that begin their line.
func docstringRanges(content []byte, found func(from, to int)) {
	for at := 0; ; {
		single, double := bytes.Index(content[at:], []byte("'''")), bytes.Index(content[at:], []byte(`"""`))
		if single < 0 && double < 0 {
			return
		}
		start := at + max(single, double)
		if single >= 0 && double >= 0 {
			start = at + min(single, double)
		}
		end := bytes.Index(content[start+3:], content[start:start+3])
		if end < 0 {
			return
		}
		at = start + 3 + end + 3
		line := content[bytes.LastIndexByte(content[:start], '\n')+1 : start]
		if len(bytes.Trim(line, " \trRuUbB")) == 0 {
			found(start, at)
		}
	}
}
