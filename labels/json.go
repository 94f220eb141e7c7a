package labels

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Readable prints a payload for people, one member to a line. It is made from
// the signed bytes and says nothing of its own.
func Readable(payload []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, payload, "", "  "); err != nil {
		return nil, fmt.Errorf("label: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
