// Package problem holds what every package needs that checks what an operator wrote: a list of problems as one error, the
// nearest known word to a misspelled one, strings that must not be printed, and the characters of an e-mail address.
package problem

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// List is an error of several problems, in the order in which they were found.
type List[P error] []P

// Error returns one line for each problem.
func (l List[P]) Error() string {
	lines := make([]string, len(l))
	for i, problem := range l {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Nearest returns the first of the known words that takes the fewest edits to become word, ignoring case, or "" if each
// takes more than maxEdits.
func Nearest(word string, known []string, maxEdits int) (nearest string) {
	fewest := maxEdits + 1
	for _, candidate := range known {
		if len(word)-len(candidate) >= fewest {
			continue // word may be very long
		}
		if edits := distance(strings.ToLower(word), strings.ToLower(candidate)); edits < fewest {
			nearest, fewest = candidate, edits
		}
	}
	return nearest
}

// distance returns the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// Secret is a string that is printed, logged and marshalled as "***". Convert it to a string to use it.
type Secret string

const redacted = "***"

// Format implements [fmt.Formatter] for every verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// GoString implements [fmt.GoStringer], for direct calls.
func (Secret) GoString() string { return redacted }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// maxAddress is the longest address that fits into a forward path (RFC 5321 §4.5.3.1.3, less the brackets).
const maxAddress = 254

// CheckAddress reports why an e-mail address cannot be used in an SMTP envelope as it is. Addresses that would need quotes
// or could end the command are refused rather than repaired: a repaired address may belong to another person.
func CheckAddress(address string) error {
	local, domain, _ := strings.Cut(address, "@")
	switch {
	case local == "" || domain == "" || strings.Contains(domain, "@"):
		return errors.New("is not one address such as ada@example.com")
	case len(address) > maxAddress:
		return fmt.Errorf("is longer than %d characters", maxAddress)
	case strings.ContainsFunc(address, needsQuotes):
		return errors.New("has characters that SMTP takes only in quotes, or not at all")
	default:
		return nil
	}
}

// needsQuotes reports all but the visible ASCII characters that may be used without quotes (RFC 5321 §4.1.2).
func needsQuotes(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"`, r)
}
