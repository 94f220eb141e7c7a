package disclosure

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestRepository(t *testing.T) {
	checktest.Run(t, Repository)
}
func TestSecurityTxt(t *testing.T)  { checktest.Run(t, SecurityTxt) }
func TestCSAFProvider(t *testing.T) { checktest.Run(t, CSAFProvider) }
