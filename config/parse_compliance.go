package config

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Bounds of the settings that belong to the password policy.
const (
	maxPassword  = 4096 // characters: a password can have as many bytes
	kinds        = 4    // lower case, upper case, digits, special characters
	maxGenerated = 256  // characters
	maxAlphabet  = 256  // characters
)

// alphabet makes the parse function of a setting that holds the characters to draw from.
func alphabet(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, text string) error {
		switch n := utf8.RuneCountInString(text); {
		case !utf8.ValidString(text):
			return errors.New("is not UTF-8")
		case n > maxAlphabet:
			return fmt.Errorf("has %d characters; at most %d are taken", n, maxAlphabet)
		}
		*field(c) = text
		return nil
	}
}
