package advisories

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
)

// readKEV reads CISA's list of vulnerabilities that are known to be exploited.
func (b *builder) readKEV(d document) error {
	var released string
	err := d.elements("vulnerabilities", func(raw json.RawMessage) error {
		var in struct {
			ID    string `json:"cveID"`
			Added string `json:"dateAdded"`
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return err
		}
		if _, err := assay.Date(in.Added); err != nil || !usable(in.ID) {
			return fmt.Errorf("%w: entry %q of %q", errNoRecord, in.ID, in.Added)
		}
		if len(b.exploited) >= maxListed {
			return errTooMany
		}
		b.exploited[in.ID] = in.Added
		b.source.Records++
		b.dated(in.Added)
		return nil
	}, map[string]*string{"dateReleased": &released})
	b.dated(released)
	return err
}

// maxListed bounds the entries of a list that is held in memory.
const maxListed = 3_000_000

// readEPSS reads the scores of FIRST: a comment with the date, a header, and lines
// of CVE, probability and percentile.
func (b *builder) readEPSS(d document) error {
	in := bufio.NewReader(d.content)
	for n := 1; ; n++ {
		text, err := in.ReadSlice('\n')
		if len(text) == 0 && errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return d.wrong(fmt.Errorf("line %d: %w", n, err))
		}
		if err := b.epss(strings.TrimSpace(string(text))); err != nil {
			return d.wrong(fmt.Errorf("line %d: %w", n, err))
		}
	}
}

func (b *builder) epss(text string) error {
	if text == "" || strings.HasPrefix(text, "cve,") {
		return nil
	}
	if strings.HasPrefix(text, "#") {
		if _, day, ok := strings.Cut(text, "score_date:"); ok {
			b.dated(day)
		}
		return nil
	}
	id, rest, _ := strings.Cut(text, ",")
	number, _, _ := strings.Cut(rest, ",")
	p, err := strconv.ParseFloat(number, 64)
	key, ok := cveNumber(id)
	switch {
	case err != nil || !(p >= 0 && p <= 1) || !ok:
		return errors.New("want a CVE number and a probability from 0 to 1")
	case len(b.scored) >= maxListed:
		return errTooMany
	}
	b.scored[key] = float32(p)
	b.source.Records++
	return nil
}

// cveNumber packs CVE-2022-0778 into a number, as the list of scores is long.
func cveNumber(id string) (uint64, bool) {
	year, number, ok := strings.Cut(strings.TrimPrefix(id, "CVE-"), "-")
	y, err := strconv.ParseUint(year, 10, 16)
	n, nerr := strconv.ParseUint(number, 10, 40)
	return y<<40 | n, ok && strings.HasPrefix(id, "CVE-") && err == nil && nerr == nil
}
