package page

import (
	"encoding/base64"
	"encoding/json"

	"latchkey/models"
)

// farthestPlace is the last place in a list that a cursor may have.
const farthestPlace = 1_000_000_000

// ReadCursor reads the cursor of a row in the list of accounts; nil = it is invalid.
func ReadCursor(text string) *models.AccountCursor {
	cursor := DecodeCursor(text)
	if cursor == nil || !models.IsID(cursor.ID) {
		return nil
	}
	return cursor
}

// DecodeCursor is [ReadCursor] for a cursor that may have no id.
func DecodeCursor(text string) *models.AccountCursor {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	var cursor models.AccountCursor
	if err := json.Unmarshal(data, &cursor); err != nil || !Readable(cursor.Name) || !Readable(cursor.Text) {
		return nil
	}
	if cursor.Place < 0 || cursor.Place > farthestPlace {
		cursor.Place = 0
	}
	return &cursor
}

// WriteCursor writes a cursor as text.
func WriteCursor(cursor models.AccountCursor) string {
	data, err := json.Marshal(cursor)
	if err != nil { // a time after the year 9999, which no clock here shows
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}
