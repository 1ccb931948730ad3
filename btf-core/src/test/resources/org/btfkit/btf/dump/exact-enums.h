enum in_byte {
	BYTE_MAX = 255,
} __attribute__((mode(QI)));

enum old_signed {
	OLD_MINUS = -1,
} __attribute__((mode(QI)));

enum in_short {
	SHORT_MAX = 65535,
} __attribute__((mode(HI)));

enum in_int {
	INT_MINUS = -1,
} __attribute__((mode(SI)));

enum in_long {
	SMALL = 1,
} __attribute__((mode(DI)));

enum wide {
	WIDE = 1099511627776ULL,
} __attribute__((mode(DI)));

struct of_enums {
	enum in_byte a;
	enum old_signed b;
	enum in_short c;
	enum in_int d;
	enum in_long e;
	enum wide f;
	enum {
		INNER = 1,
	} __attribute__((mode(HI))) g;
	char i;
	char: 8;
	unsigned int h;
};

