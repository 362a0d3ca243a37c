"""Operations on pixels that the other rooms share: neighbourhoods, connected parts, measures."""
