package photo_test

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/photo"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/words"
)

// The code of every variant's own picture is read back, as the command draws it. In
// short, one language for each direction of writing: the others have the code in the
// same place.
func TestEveryVariant(t *testing.T) {
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: "https://labels.acme.example/status/2026", Index: 4711}
	c, err := compact.FromStatement(s, labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	message, err := c.Sign(labeltest.Key())
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := compact.Code(&s.Predicate, message)
	digest, _ := s.Digest()
	short, _ := picture.Code(&s.Predicate, digest, nil)
	for _, v := range picture.Variants() {
		if testing.Short() && v.Language != words.English && v.Language != words.Arabic {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			d, err := picture.Draw(s, message, v)
			if err != nil {
				t.Fatal(err)
			}
			data, err := d.PNG(200)
			if err != nil {
				t.Fatal(err)
			}
			want := whole
			if v.Format == picture.Mark {
				want = short
			}
			if got, err := photo.Texts(data); !slices.Equal(got, []string{want}) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
