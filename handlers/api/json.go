package api

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	jsonv2 "github.com/go-json-experiment/json"

	"latchkey/handlers/page"
)

// strictJSON refuses what other decoders read differently: duplicate names, names in another case, invalid UTF-8 and anything behind the
// value (RFC 8259, sections 4 and 8). NUL is in no text that the databases store.
var strictJSON = huma.Format{Marshal: marshal, Unmarshal: unmarshal}

var errNUL = errors.New("the text must not have the character U+0000")

func unmarshal(data []byte, into any) error {
	if err := jsonv2.Unmarshal(data, into); err != nil {
		return err
	}
	if parsed, ok := into.(*any); ok && !readable(*parsed) {
		return errNUL
	}
	return nil
}

// readable reports whether the databases can store all texts of a JSON value.
func readable(value any) bool {
	switch value := value.(type) {
	case string:
		return page.Readable(value)
	case []any:
		for _, item := range value {
			if !readable(item) {
				return false
			}
		}
	case map[string]any:
		for name, item := range value {
			if strings.ContainsRune(name, 0) || !readable(item) {
				return false
			}
		}
	}
	return true
}

// marshal writes a value as JSON. The API is not read as HTML, so that < and > need no escapes.
func marshal(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
