package words_test

import (
	"slices"
	"testing"

	"latchkey/i18n"
	"latchkey/password"
)

// A policy file can have texts in all available languages.
func TestDescriptionsAreInAllLanguages(t *testing.T) {
	if !slices.Equal(password.Languages(), i18n.Locales) {
		t.Errorf("policy files know %v, the program %v", password.Languages(), i18n.Locales)
	}
}
