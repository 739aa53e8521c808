package credential

import (
	"fmt"
	"io"
	"strings"
)

// CodeForm is the form of codes that people keep on paper and type, such as 7K3M-Q9PX-…. Each character is one of 32 at random: 5 bits.
type CodeForm struct {
	Length int // in characters
	Group  int // characters between two dashes
}

// codeAlphabet is the one of Crockford's Base32, which leaves out I, L, O and U.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// New makes a code as it is shown.
func (f CodeForm) New(random io.Reader) (shown string, err error) {
	bytes := make([]byte, f.Length)
	if _, err := io.ReadFull(random, bytes); err != nil {
		return "", fmt.Errorf("making a code: %w", err)
	}
	var code strings.Builder
	for i, b := range bytes {
		if i > 0 && i%f.Group == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(codeAlphabet[b%byte(len(codeAlphabet))])
	}
	return code.String(), nil
}

// lookAlikes reads characters that the alphabet leaves out as those for which they are mistaken.
var lookAlikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// Parse reads a typed code, whatever its case, spaces and dashes, and reports whether it has the form of one.
func (f CodeForm) Parse(typed string) (code string, ok bool) {
	joined, ok := JoinCode(typed)
	code = lookAlikes.Replace(strings.ToUpper(joined))
	return code, ok && len(code) == f.Length && strings.Trim(code, codeAlphabet) == ""
}

// maxCode is how many bytes of a typed code are looked at.
const maxCode = 64

// separators are what people type between groups of characters, or copy with them.
var separators = strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u2009", "", "\u202f", "", "\t", "", "\r", "", "\n", "")

// JoinCode removes what separates the groups of a typed code. It reports false for what is too long to be a code.
func JoinCode(typed string) (joined string, ok bool) {
	if len(typed) > maxCode {
		return "", false
	}
	return separators.Replace(typed), true
}
