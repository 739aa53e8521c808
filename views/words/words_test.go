package words_test

import (
	"testing"

	"latchkey/i18n"
)

func wordsIn(t *testing.T, locale string) i18n.Words {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.For(locale, "")
}
