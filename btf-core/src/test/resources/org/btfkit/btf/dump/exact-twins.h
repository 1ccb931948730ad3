struct twin;

union twin___2 {
	int a;
};

struct user {
	struct twin *p;
};

struct other {
	int a;
};

struct other___3 {
	int a;
	int b;
};

struct other___2 {
	int c;
};

enum other___4 {
	clash = 0,
} __attribute__((mode(SI)));

typedef int clash___2;

