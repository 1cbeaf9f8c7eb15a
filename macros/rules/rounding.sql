{# Half a unit of the last place that a printed figure vouches for, in the figure's own unit. Statistics of minerals are
   printed with three significant digits at most where they end in zeros (USGS says so of its tables), and to the last
   place printed elsewhere: 190,000 stands for 189,500 to 190,500; 115,371 for 115,370.5 to 115,371.5; 0.9 for 0.85 to
   0.95. Finer than three decimals nothing is doubted, and zero is zero. #}
{% macro rounding_half_unit(value) -%}
    case
        when {{ value }} = 0
        then 0
        {%- for places in [1, 2, 3] %}
            when {{ value }} <> round({{ value }}) and {{ value }} = round({{ value }}, {{ places }})
            then 0.5 * power(10, -{{ places }})
        {%- endfor %}
        when {{ value }} <> round({{ value }})
        then 0
        {%- for zeros in range(9, 0, -1) %}
            when
                abs({{ value }}) >= power(10, {{ zeros + 2 }})
                and round({{ value }} / power(10, {{ zeros }})) * power(10, {{ zeros }}) = {{ value }}
            then 0.5 * power(10, {{ zeros }})
        {%- endfor %}
        else 0.5
    end
{%- endmacro %}
