module workbook/supply/pause

go 1.25.0
