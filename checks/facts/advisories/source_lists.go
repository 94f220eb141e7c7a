package advisories

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
)

// readKEV reads CISA's list of vulnerabilities that are known to be exploited, in JSON
// or CSV.
func (b *builder) readKEV(d document) error {
	if name := strings.TrimSuffix(strings.ToLower(d.base()), ".gz"); strings.HasSuffix(name, ".csv") {
		return b.readKEVTable(d)
	}
	var released string
	count, here := -1, 0
	err := d.elements("vulnerabilities", func(raw json.RawMessage) error {
		var in struct {
			ID    string `json:"cveID"`
			Added string `json:"dateAdded"`
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return err
		}
		here++
		return b.kev(in.ID, in.Added)
	}, map[string]any{"dateReleased": &released, "count": &count})
	b.dated(released)
	if err == nil && count > here {
		err = d.wrong(fmt.Errorf("it holds %d of the %d entries that it counts", here, count))
	}
	return err
}

// kev notes from which day on a vulnerability is known to be exploited.
func (b *builder) kev(id, added string) error {
	if _, err := assay.Date(added); err != nil || !usable(id) {
		return fmt.Errorf("%w: entry %q of %q", errNoRecord, id, added)
	}
	if len(b.exploited) >= maxListed {
		return errTooMany
	}
	b.exploited[id] = added
	b.source.Records++
	b.dated(added)
	return nil
}

// readKEVTable reads the list in CSV, whose first line names the columns.
func (b *builder) readKEVTable(d document) error {
	table := csv.NewReader(&limited{r: d.content, left: maxKEV})
	table.ReuseRecord = true
	table.FieldsPerRecord = -1
	header, err := table.Read()
	if err != nil {
		return d.wrong(err)
	}
	id, added := column(header, "cveID"), column(header, "dateAdded")
	if id < 0 || added < 0 {
		return d.wrong(errors.New("its first line names no columns cveID and dateAdded"))
	}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := table.FieldPos(0)
		if err == nil && len(row) <= max(id, added) {
			err = errNoRecord
		}
		if err == nil {
			err = b.kev(strings.TrimSpace(row[id]), strings.TrimSpace(row[added]))
		}
		if err != nil {
			return d.wrong(fmt.Errorf("line %d: %w", line, err))
		}
	}
}

// maxKEV is the size in bytes of a list of exploited vulnerabilities in CSV.
const maxKEV = 256 << 20

// column finds a name in the first line of a table, which may begin with the mark of
// UTF-8.
func column(header []string, name string) int {
	return slices.IndexFunc(header, func(s string) bool {
		return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), name)
	})
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
